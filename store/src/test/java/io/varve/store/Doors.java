package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.VerificationReport.Problem;
import io.varve.store.errors.VarveException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.function.Executable;

/** Those who are given the folder of a store that is closed, and judge what it is. */
final class Doors {
    private Doors() {}

    /** All but salvaging say the same of it. */
    static <E extends VarveException> Problem toldOfIndex(Class<E> type, Path store) {
        return told(type, store, doors(store));
    }

    /** All say the same of it. */
    static <E extends VarveException> Problem told(Class<E> type, Path store) {
        List<Executable> all = new ArrayList<>(doors(store));
        all.add(() -> Salvage.read(store, event -> true));
        return told(type, store, all);
    }

    private static List<Executable> doors(Path store) {
        StoreConfig config = StoreConfig.at(store);
        return List.of(
                () -> EventStore.open(store).close(),
                () -> ClosedStore.rebuildIndex(config, ProgressListener.none()));
    }

    private static Problem told(
            Class<? extends VarveException> type, Path store, List<Executable> doors) {
        VerificationReport report = ClosedStore.verify(store, ProgressListener.none());
        assertEquals(1, report.problems().size(), report::toString);
        Problem problem = report.problems().get(0);
        for (Executable door : doors) {
            VarveException e = assertThrows(VarveException.class, door);
            assertEquals(type, e.getClass(), e::toString);
            assertEquals(problem.what(), e.what());
            assertEquals(problem.remedy(), e.remedy());
        }
        return problem;
    }
}

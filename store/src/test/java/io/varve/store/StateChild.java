package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/** Counts in keyed state that hardly ever syncs, until it is killed; prints {@code position.} */
final class StateChild {
    static final String TABLE = "counts";

    private StateChild() {}

    static StateConfig config(Path folder) {
        return StateConfig.at(folder).withTables(TABLE).withSyncInterval(Duration.ofHours(1));
    }

    static BytesView key(long position) {
        return BytesView.of(("key" + position % 101).getBytes(StandardCharsets.UTF_8));
    }

    public static void main(String[] arguments) {
        StateEnvironment environment = StateEnvironment.open(config(Path.of(arguments[0])));
        long next = Long.parseLong(arguments[1]);
        while (true) {
            try (StateTransaction transaction = environment.begin()) {
                byte[] value = Long.toString(next).getBytes(StandardCharsets.UTF_8);
                transaction.table(TABLE).put(key(next), BytesView.of(value));
                transaction.checkpoint(new Checkpoint(new UUID(1, 2), 0, next, next));
                transaction.commit();
            }
            if (next % 97 == 96) {
                environment.sync();
            }
            System.out.println(next + ".");
            System.out.flush();
            next++;
        }
    }
}

package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.serde.Serdes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All pages of a read model are lost under it while it runs, whichever of them it meets first. */
class ZeroedPagesTest extends RuntimeTestBase {
    private static final StoreRef<Long, Long> COUNTS = StoreRef.of("counts");
    private static final int NOTES = 500;

    private Projection counting() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .groupBy((key, note) -> note.number())
                .count(Materialized.as(COUNTS, Serdes.int64(), Serdes.int64()));
        return Projection.of("counts", 1, builder.build());
    }

    private List<Path> dataFiles() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("models"))) {
            return files.filter(file -> file.endsWith("data.mdb")).toList();
        }
    }

    /** All but the meta pages. */
    private static void zero(Path file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(2 * 4096);
            open.write(new byte[(int) open.length() - 2 * 4096]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldBeginAnewByItself(int partitions) throws Exception {
        append(1, 0, NOTES);
        StateLog told = new StateLog();
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(told)
                                .add(
                                        counting(),
                                        ProjectionConfig.defaults().withPartitions(partitions))
                                .build());
        runtime.start();
        runtime.awaitPosition("counts", store.head(), Notes.LONG);
        List<Path> files = dataFiles();
        assertEquals(partitions, files.size());
        for (Path file : files) {
            zero(file);
        }
        append(1, NOTES, NOTES);
        assertEquals(
                ReadModelRecovery.Reason.DAMAGED, told.awaitRecoveries(partitions).get(0).reason());
        try (ReadView view =
                runtime.readView("counts", PositionBound.at(store.head()), Notes.LONG)) {
            assertEquals(2 * NOTES, view.store(COUNTS).count());
        }
    }
}

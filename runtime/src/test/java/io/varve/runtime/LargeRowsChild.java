package io.varve.runtime;

import io.varve.projections.CacheSize;
import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.EventStore;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.nio.file.Path;

/** Keeps large rows, more of them than there is memory, in a process that has little. */
final class LargeRowsChild {
    private static final StoreRef<Long, byte[]> LARGE = StoreRef.of("large");

    private LargeRowsChild() {}

    public static void main(String[] arguments) throws Exception {
        EventSerde<Notes.Note> serde = Notes.serde();
        Path folder = Path.of(arguments[0]);
        int rowBytes = Integer.parseInt(arguments[1]);
        int rows = Integer.parseInt(arguments[2]);
        int partitions = Integer.parseInt(arguments[3]);
        try (EventStore store = EventStore.open(folder.resolve("log"))) {
            Notes.append(store, serde, 1, 0, rows);
            try (ProjectionRuntime runtime =
                    ProjectionRuntime.builder(store, folder.resolve("models"))
                            .add(
                                    large("large", serde, rowBytes),
                                    ProjectionConfig.defaults()
                                            .withPartitions(partitions)
                                            .withCacheSize(CacheSize.none()))
                            .build()) {
                runtime.start();
                boolean reached = runtime.awaitPosition("large", store.head(), Notes.LONG);
                try (ReadView view = runtime.readView("large", PositionBound.any(), Notes.LONG)) {
                    System.out.println("reached=" + reached);
                    System.out.println("rows=" + view.store(LARGE).count());
                }
                System.out.println("sound=" + runtime.timeTravel("large").verify().isSound());
            }
        }
    }

    /** A row of so many bytes for each note. */
    static Projection large(String name, EventSerde<Notes.Note> serde, int rowBytes) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .groupBy((key, note) -> note.number(), Grouped.keySerde(Serdes.int64()))
                .aggregate(
                        () -> new byte[0],
                        (key, note, row) -> new byte[rowBytes],
                        Materialized.as(LARGE, Serdes.int64(), Serdes.bytes()));
        return Projection.of(name, 1, builder.build());
    }
}

package io.varve.runtime;

import io.varve.projections.CacheSize;
import io.varve.store.Durability;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import io.varve.store.serde.EventSerde;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Uses up the memory of its process, and prints what becomes of it: once by the rows of a
 * projection, and then by itself, down to the last byte and for a while, again and again.
 */
final class ExhaustedChild {
    private static final int ROW_BYTES = 1 << 20;
    private static final Duration SYNC = Duration.ofMillis(100);

    // Where it can be seen from outside, so that it is not left out.
    private static volatile Object hoarded;

    private ExhaustedChild() {}

    /** Keeps what there is of memory. */
    private static final class Hoard {
        private final Hoard before;
        private final byte[] bytes;

        Hoard(Hoard before, int bytes) {
            this.before = before;
            this.bytes = new byte[bytes];
        }
    }

    public static void main(String[] arguments) throws Exception {
        EventSerde<Notes.Note> serde = Notes.serde();
        Path folder = Path.of(arguments[0]);
        int partitions = Integer.parseInt(arguments[1]);
        StoreConfig config =
                StoreConfig.at(folder.resolve("log")).withDurability(Durability.async(SYNC));
        EventStore store = EventStore.open(config);
        Notes.append(store, serde, 1, 0, 200);
        ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .config(RuntimeConfig.defaults().withStuckAfter(Duration.ofMillis(100)))
                        .add(
                                LargeRowsChild.large("hoarder", serde, ROW_BYTES),
                                ProjectionConfig.defaults()
                                        .withPartitions(partitions)
                                        .withCacheSize(CacheSize.bytes(1L << 32)))
                        .add(Notes.digest("other", serde, note -> {}))
                        .build();
        runtime.start();
        print("failure", awaitFailure(runtime).getClass().getSimpleName());
        print("state", runtime.status("hoarder").state());
        List<String> threads = threads();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> readers =
                Stream.generate(() -> new Thread(() -> read(store, over))).limit(8).toList();
        readers.forEach(Thread::start);
        for (int i = 0; i < 2; i++) {
            runtime.awaitPosition("other", store.head(), Notes.LONG);
            Notes.append(store, serde, 2, i, 1);
            hoard(3 * SYNC.toNanos());
        }
        over.set(true);
        for (Thread reader : readers) {
            reader.join();
        }
        Notes.append(store, serde, 3, 0, 1);
        // Nobody resumes it: where memory has run out for it as well, that is not its failure.
        print("complete", runtime.awaitPosition("other", store.head(), Notes.LONG));
        print("other", runtime.status("other").failure());
        threads().forEach(threads::remove); // one of several of a name
        print("gone", threads);
        runtime.close();
        store.close(); // which throws if something was not brought to the disk
        EventStore.open(config).close(); // as can be if no read was left open
        print("closed", true);
        Runtime.getRuntime().halt(0);
    }

    /** Memory runs out for this one as well. */
    private static Throwable awaitFailure(ProjectionRuntime runtime) {
        while (true) {
            try {
                Optional<Throwable> failure = runtime.status("hoarder").failure();
                if (failure.isPresent()) {
                    return failure.get();
                }
            } catch (OutOfMemoryError e) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static void read(EventStore store, AtomicBoolean over) {
        EventQuery first = EventQuery.all().limit(1);
        while (!over.get()) {
            try {
                store.read(first, event -> true);
            } catch (OutOfMemoryError e) {
                LockSupport.parkNanos(1_000);
            }
        }
    }

    private static void print(String what, Object value) {
        System.out.println(what + "=" + value);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.matches("varve-(sync|watchdog|tailer|views|index-merger)"))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** Takes all memory, and what others let go, for so many nanoseconds. */
    private static void hoard(long nanos) {
        Hoard all = null;
        int bytes = 1 << 20;
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            try {
                all = new Hoard(all, bytes);
                hoarded = all;
            } catch (OutOfMemoryError e) {
                bytes = Math.max(8, bytes / 2);
            }
        }
        hoarded = null;
    }
}

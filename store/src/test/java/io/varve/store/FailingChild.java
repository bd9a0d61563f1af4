package io.varve.store;

import io.varve.store.errors.VarveException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Appends until the disk fails, which it does after the first ten; prints the positions, then the
 * error, then the error of the next append.
 */
final class FailingChild {
    private FailingChild() {}

    public static void main(String[] arguments) throws Exception {
        StoreConfig config = StoreConfig.at(Path.of(arguments[0]));
        if (arguments[1].equals("async")) {
            config = config.withDurability(Durability.async(Duration.ofMillis(5)));
        }
        EventStore store = EventStore.open(config);
        for (long i = 0; i < 10; i++) {
            append(store);
        }
        int calls = Integer.parseInt(arguments[2]);
        int after = Integer.parseInt(arguments[3]);
        DiskShim.here().arm(calls, after, false, Integer.parseInt(arguments[4]));
        String failure = failure(store);
        System.out.println("failed " + failure);
        System.out.println("then " + failure(store));
        System.out.flush();
        Runtime.getRuntime().halt(0); // as it is after a crash
    }

    private static String failure(EventStore store) {
        while (true) {
            try {
                append(store);
            } catch (VarveException e) {
                return e.getClass().getSimpleName();
            }
        }
    }

    private static void append(EventStore store) {
        long next = store.head() + 1;
        AppendResult result =
                store.append(
                        TestEvents.stream("a"),
                        ExpectedVersion.any(),
                        TestEvents.event(next, (int) (next % 300)));
        System.out.println(result.lastPosition());
    }
}

package io.varve.store;

import io.varve.store.errors.VarveException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Appends to a store until the disk fails, which it does after the first ten, for each fault that
 * it is given; prints the fault, the positions, then the error, how many events are read by then,
 * and the error of the next append.
 */
final class FailingChild {
    private FailingChild() {}

    public static void main(String[] arguments) throws Exception {
        DiskShim disk = DiskShim.here();
        for (String fault : List.of(arguments).subList(1, arguments.length)) {
            System.out.println(fault);
            fail(Path.of(arguments[0]).resolve(fault), fault.split(","), disk);
            disk.heal();
        }
        System.out.flush();
        Runtime.getRuntime().halt(0); // as it is after a crash
    }

    private static void fail(Path folder, String[] fault, DiskShim disk) {
        StoreConfig config = StoreConfig.at(folder);
        if (fault[0].equals("ASYNC")) {
            config = config.withDurability(Durability.async(Duration.ofMillis(5)));
        }
        EventStore store = EventStore.open(config);
        for (long i = 0; i < 10; i++) {
            append(store);
        }
        int calls = Integer.parseInt(fault[1]);
        int after = Integer.parseInt(fault[2]);
        disk.arm(calls, after, false, Integer.parseInt(fault[3]));
        String failure = failure(store);
        System.out.println("failed " + failure);
        System.out.println("read " + TestEvents.assertSound(store).size());
        System.out.println("then " + failure(store));
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

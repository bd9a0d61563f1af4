package io.varve.store;

import java.nio.file.Path;

/**
 * Makes one backup after the other until it is killed, while another thread appends, and prints the
 * name of each that is complete.
 */
final class BackingUpChild {
    private BackingUpChild() {}

    public static void main(String[] arguments) {
        EventStore store = EventStore.open(TestEvents.restless(Path.of(arguments[0])));
        Path parent = Path.of(arguments[1]);
        for (int i = 0; i < 40; i++) {
            store.append(
                    TestEvents.stream("s" + i % 7),
                    ExpectedVersion.any(),
                    TestEvents.event(i, 20_000));
        }
        Thread other = new Thread(() -> append(store));
        other.setDaemon(true);
        other.start();
        for (int i = 0; ; i++) {
            String name = arguments[2] + "-" + i;
            store.backup(parent.resolve(name), ProgressListener.none());
            System.out.println(name);
            System.out.flush();
        }
    }

    private static void append(EventStore store) {
        for (int i = 0; ; i++) {
            store.append(
                    TestEvents.stream("t" + i % 11),
                    ExpectedVersion.any(),
                    TestEvents.event(i, i % 500));
        }
    }
}

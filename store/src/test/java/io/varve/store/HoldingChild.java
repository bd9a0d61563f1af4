package io.varve.store;

import java.io.IOException;
import java.nio.file.Path;

/** Opens a store, says so, and holds it until its input ends. */
final class HoldingChild {
    private HoldingChild() {}

    public static void main(String[] arguments) throws IOException {
        try (EventStore store = EventStore.open(Path.of(arguments[0]))) {
            System.out.println("open head=" + store.head());
            System.out.flush();
            while (System.in.read() >= 0) {
                continue;
            }
        }
    }
}

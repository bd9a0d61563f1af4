package io.varve.samples.bench;

import io.varve.store.EventStore;
import java.io.IOException;
import java.nio.file.Path;

/** The process that fills a store and is killed with it open: {@code FOLDER EVENTS STREAMS}. */
final class KilledLoad {
    static final String LOADED = "loaded";

    private KilledLoad() {}

    public static void main(String[] args) throws IOException {
        Orders orders = new Orders(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        EventStore store = EventStore.open(Path.of(args[0]));
        orders.load(store);
        System.out.println(LOADED);
        // Reads nothing until it is killed; ends, without closing the store, when its owner does.
        int end = System.in.read();
        Runtime.getRuntime().halt(end);
    }
}

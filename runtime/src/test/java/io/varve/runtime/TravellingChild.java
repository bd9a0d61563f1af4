package io.varve.runtime;

import io.varve.store.EventStore;
import java.nio.file.Path;
import java.util.List;

/** Looks at other times of a ledger, and dies on the way. */
final class TravellingChild {
    private TravellingChild() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        EventStore store = EventStore.open(folder.resolve("log"));
        ProjectionRuntime runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .config(RuntimeConfig.defaults().withSlotEvents(10).withMaxDirtyRows(10))
                        .add(Ledger.projection(entry -> {}))
                        .build();
        runtime.start();
        runtime.awaitPosition(Ledger.CATEGORY, store.head(), Notes.LONG);
        TimeTravel travel = runtime.timeTravel(Ledger.CATEGORY).withOverlayBytes(0);
        TimeTravel dying =
                travel.withProgress(
                        now -> {
                            if (now.position() > 100) {
                                halt(7);
                            }
                        });
        ReadView then = travel.asOf(150);
        WhatIf whatIf = travel.whatIf();
        for (int i = 0; i < 10; i++) {
            whatIf.append(Ledger.CATEGORY, "a", new Ledger.Entry("a", 1, "x"));
        }
        ReadView view = whatIf.view();
        switch (arguments[1]) {
            case "asOf" -> dying.asOf(150);
            case "explain" -> dying.explain(Ledger.BALANCES, "account-1").list();
            case "verify" -> dying.verify();
            case "whatIf" -> halt(then.position() < view.position() ? 7 : 9);
            default -> throw new IllegalArgumentException(List.of(arguments).toString());
        }
        halt(8);
    }

    private static void halt(int code) {
        Runtime.getRuntime().halt(code);
    }
}

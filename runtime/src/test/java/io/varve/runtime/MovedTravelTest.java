package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The generation that is looked at is replaced and discarded meanwhile; the look goes over. */
class MovedTravelTest extends LedgerTestBase {
    private final AtomicBoolean moved = new AtomicBoolean();

    private TimeTravel movedTravel() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 150);
        return travel(runtime)
                .withProgress(
                        progress -> {
                            if (!moved.getAndSet(true)) {
                                replace(runtime);
                            }
                        });
    }

    private static void replace(ProjectionRuntime runtime) {
        try {
            Rebuild rebuild = runtime.rebuild(Ledger.CATEGORY);
            assertTrue(rebuild.await(Notes.LONG));
            rebuild.promote();
            runtime.discard(Ledger.CATEGORY);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldSupposeEventsBehindTheRowsOfTheNext() throws Exception {
        try (WhatIf whatIf = movedTravel().whatIf(77)) {
            assertTrue(moved.get(), "was replaced");
            List<Ledger.Timed> more = Ledger.random(random, now, 20);
            more.forEach(
                    one ->
                            whatIf.append(
                                    Ledger.stream(one.entry().account()).category(),
                                    one.entry().account(),
                                    one.entry()));
            assertEquals(97, whatIf.position());
        }
    }

    @Test
    void shouldVerifyTheNext() throws Exception {
        ReadModelVerification found = movedTravel().verify();
        assertTrue(moved.get(), "was replaced");
        assertTrue(found.isSound(), found::toString);
        assertEquals(149, found.position());
    }

    @Test
    void shouldExplainARowAsTheNextHasIt() throws Exception {
        TimeTravel travel = movedTravel();
        String account = events.get(149).entry().account();
        List<ExplainedChange<Ledger.Balance>> changes =
                travel.explain(Ledger.BALANCES, account).list();
        assertTrue(moved.get(), "was replaced");
        assertEquals(travel(current).explain(Ledger.BALANCES, account).list(), changes);
    }

    @Test
    void shouldVisitNoChangeTwiceWhereTheRestIsOfTheNext() throws Exception {
        ProjectionRuntime runtime = ledger(RuntimeConfig.defaults().withSlotEvents(10));
        appendAndWait(runtime, 150);
        String account = events.get(0).entry().account();
        List<Long> visited = new ArrayList<>();
        travel(runtime)
                .explain(Ledger.BALANCES, account)
                .forEach(
                        change -> {
                            visited.add(change.position());
                            if (!moved.getAndSet(true)) {
                                replace(runtime);
                            }
                            return true;
                        });
        assertTrue(moved.get(), "was replaced");
        assertEquals(
                travel(runtime).explain(Ledger.BALANCES, account).list().stream()
                        .map(ExplainedChange::position)
                        .toList(),
                visited);
    }

    private ProjectionRuntime ledger(RuntimeConfig config) {
        return ledger(config, SnapshotPolicy.onDemand().keep(3));
    }
}

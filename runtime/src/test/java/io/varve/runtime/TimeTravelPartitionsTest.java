package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several partitions are, at other times too, what one is. */
class TimeTravelPartitionsTest extends LedgerTestBase {
    @BeforeEach
    void divide() {
        partitions = 3;
    }

    @Test
    void shouldBeWhatPlainJavaMakesOfTheEventsUpToThen() throws Exception {
        ProjectionRuntime runtime = ledger();
        for (int round = 0; round < 4; round++) {
            appendAndWait(runtime, random.nextInt(20, 80));
            runtime.snapshot(Ledger.CATEGORY);
            for (int i = 0; i < 3; i++) {
                assertAsOf(
                        travel(runtime).withOverlayBytes(i == 0 ? 0 : 1_000_000),
                        random.nextLong(-1, store.head() + 1));
            }
        }
        runtime.pause(Ledger.CATEGORY);
        append(50);
        assertAsOf(travel(runtime), store.head());
        assertNothingLeft();
    }

    @Test
    void shouldShowEventsThatDidNotHappen() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 100);
        List<Ledger.Timed> more = Ledger.random(random, now, 40);
        try (WhatIf whatIf = travel(runtime).whatIf()) {
            more.forEach(
                    one ->
                            whatIf.append(
                                    Ledger.stream(one.entry().account()),
                                    Instant.ofEpochMilli(one.millis()),
                                    List.of(one.entry())));
            List<Ledger.Timed> all = new ArrayList<>(events);
            all.addAll(more);
            try (ReadView view = whatIf.view()) {
                assertEquals(new Ledger.Oracle().apply(all).rows(), Ledger.Rows.of(view));
            }
        }
        assertEquals(99, store.head());
    }

    @Test
    void shouldExplainAndVerify() throws Exception {
        hook =
                entry -> {
                    if (entry.account().equals("account-5")) {
                        throw new IllegalStateException("not this one");
                    }
                };
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 200);
        ReadModelVerification found = travel(runtime).verify();
        assertTrue(found.isSound(), found::toString);
        assertEquals(199, found.position());
        for (String account : List.of("account-1", "account-2", "account-5")) {
            List<ExplainedChange<Ledger.Balance>> changes =
                    travel(runtime).explain(Ledger.BALANCES, account).list();
            Optional<Ledger.Balance> last =
                    changes.isEmpty() ? Optional.empty() : changes.get(changes.size() - 1).after();
            try (ReadView view = travel(runtime).asOf(199)) {
                assertEquals(view.store(Ledger.BALANCES).get(account), last);
            }
        }
    }
}

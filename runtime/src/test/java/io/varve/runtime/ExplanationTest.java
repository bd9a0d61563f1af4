package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.StoreRef;
import io.varve.projections.TopologyException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The events that have made a row are those after which plain Java has another value. */
class ExplanationTest extends LedgerTestBase {
    /** Of each event after which a row is another. */
    private <V> List<ExplainedChange<V>> expected(
            String account, long since, Function<Ledger.Rows, Map<String, V>> rows) {
        List<ExplainedChange<V>> changes = new ArrayList<>();
        Ledger.Oracle oracle = new Ledger.Oracle();
        Map<String, Long> versions = new HashMap<>();
        Optional<V> before = Optional.empty();
        for (int position = 0; position < events.size(); position++) {
            Ledger.Timed event = events.get(position);
            String stream = event.entry().account();
            long version = versions.merge(stream, 1L, Long::sum) - 1;
            oracle.apply(event);
            Optional<V> after = Optional.ofNullable(rows.apply(oracle.rows()).get(account));
            if (!before.equals(after) && position >= since) {
                changes.add(
                        new ExplainedChange<>(
                                position,
                                Ledger.stream(stream),
                                version,
                                "entered",
                                Instant.ofEpochMilli(event.millis()),
                                before,
                                after,
                                !stream.equals(account)));
            }
            before = after;
        }
        return changes;
    }

    private <V> void assertExplained(
            Explanation<String, V> explained,
            StoreRef<String, V> store,
            String account,
            List<ExplainedChange<V>> expected,
            ProjectionRuntime runtime)
            throws InterruptedException {
        assertEquals(expected, explained.list());
        try (ReadView view = travel(runtime).asOf(store(runtime))) {
            Optional<V> last =
                    expected.isEmpty()
                            ? Optional.empty()
                            : expected.get(expected.size() - 1).after();
            assertEquals(view.store(store).get(account), last);
        }
    }

    private static long store(ProjectionRuntime runtime) {
        return runtime.status(Ledger.CATEGORY).position();
    }

    @Test
    void shouldTellEachEventThatHasChangedARow() throws Exception {
        RuntimeConfig often = RuntimeConfig.defaults().withSlotEvents(7).withCatchUpBatchEvents(30);
        ProjectionRuntime runtime = ledger(often, SnapshotPolicy.onDemand());
        for (int i = 0; i < 12; i++) {
            appendAndWait(runtime, 50);
        }
        TimeTravel travel = travel(runtime).withOverlayBytes(4_000);
        for (String account : List.of("account-1", "account-17", "account-39", "nobody")) {
            assertExplained(
                    travel.explain(Ledger.BALANCES, account),
                    Ledger.BALANCES,
                    account,
                    expected(account, 0, Ledger.Rows::balances),
                    runtime);
            assertExplained(
                    travel.explain(Ledger.RECENT, account),
                    Ledger.RECENT,
                    account,
                    expected(account, 0, Ledger.Rows::recent),
                    runtime);
        }
        assertNothingLeft();
    }

    @Test
    void shouldBeginWithTheSnapshotBeforeAPosition() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 200);
        runtime.snapshot(Ledger.CATEGORY);
        appendAndWait(runtime, 200);
        applied.set(0);
        assertEquals(
                expected("account-5", 250, Ledger.Rows::balances),
                travel(runtime).explain(Ledger.BALANCES, "account-5").since(250).list());
        assertEquals(200, applied.get());
        assertEquals(
                List.of(), travel(runtime).explain(Ledger.BALANCES, "account-5").since(400).list());
    }

    @Test
    void shouldGiveTheNewestOrAllUntilOneHasEnough() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 400);
        List<ExplainedChange<Ledger.Balance>> all = expected("account-5", 0, Ledger.Rows::balances);
        assertTrue(all.size() > 4, "too few: " + all.size());
        Explanation<String, Ledger.Balance> explanation =
                travel(runtime).explain(Ledger.BALANCES, "account-5");
        assertEquals(all.subList(all.size() - 3, all.size()), explanation.newest(3).list());
        List<ExplainedChange<Ledger.Balance>> seen = new ArrayList<>();
        explanation.forEach(
                change -> {
                    seen.add(change);
                    return seen.size() < 2;
                });
        assertEquals(all.subList(0, 2), seen);
    }

    @Test
    void shouldLeaveOutWhatTheProjectionHasLeftOut() throws Exception {
        hook =
                entry -> {
                    if (entry.account().equals("account-5")) {
                        throw new IllegalStateException("not this one");
                    }
                };
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 100);
        assertEquals(List.of(), travel(runtime).explain(Ledger.BALANCES, "account-5").list());
    }

    @Test
    void shouldRefuseWhatCannotBeExplained() throws Exception {
        ProjectionRuntime runtime = ledger(RuntimeConfig.defaults(), SnapshotPolicy.onDemand());
        for (int i = 0; i < 10; i++) {
            append(1);
        }
        appendAndWait(runtime, 1);
        assertThrows(
                TopologyException.class,
                () -> travel(runtime).explain(StoreRef.of("other"), "x").list());
        TimeTravel cancelled =
                travel(runtime)
                        .withProgress(
                                now -> {
                                    throw new CancellationException();
                                });
        assertThrows(
                CancellationException.class,
                () -> cancelled.explain(Ledger.BALANCES, "account-1").list());
        runtime.snapshot(Ledger.CATEGORY);
        store.retention().truncateBefore(8);
        Explanation<String, Ledger.Balance> explanation =
                travel(runtime).explain(Ledger.BALANCES, "account-1");
        assertThrows(PositionUnavailableException.class, explanation::list);
        assertEquals(List.of(), explanation.since(11).list());
    }
}

package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serdes;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A read model that is not what its events make of it is found out, row by row. */
class VerifyTest extends LedgerTestBase {
    private static final int TABLES = 4;

    /** Changes rows while nobody has the read model open. */
    private void damage(Consumer<StateTransaction> change) {
        StateConfig config =
                StateConfig.at(ReadModelFiles.generation(folder.resolve("models"), Ledger.CATEGORY))
                        .withTables(projection().topology().tables().toArray(String[]::new));
        try (StateEnvironment environment = StateEnvironment.open(config);
                StateTransaction transaction = environment.begin()) {
            change.accept(transaction);
            transaction.commit();
        }
    }

    private static BytesView bytes(String text) {
        return BytesView.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static BytesView bytes(Ledger.Balance balance) {
        BytesWriter out = new BytesWriter();
        Serdes.record(Ledger.Balance.class).serialize(balance, out);
        return out.view();
    }

    private ReadModelVerification verifyDamaged(Consumer<StateTransaction> change)
            throws Exception {
        try (ProjectionRuntime runtime = ledger()) {
            appendAndWait(runtime, 200);
        }
        damage(change);
        return travel(ledger()).verify();
    }

    private TableVerification table(ReadModelVerification found, String table) {
        return found.tables().stream()
                .filter(one -> one.table().equals(table))
                .findFirst()
                .orElseThrow();
    }

    /** The position of the last event of an account. */
    private long last(String account) {
        int position = events.size() - 1;
        while (!events.get(position).entry().account().equals(account)) {
            position--;
        }
        return position;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, TimeTravel.DEFAULT_OVERLAY_BYTES})
    void shouldFindNothingInAReadModelThatGoesOn(long overlayBytes) throws Exception {
        RuntimeConfig often = RuntimeConfig.defaults().withSlotEvents(20);
        ProjectionRuntime runtime = ledger(often, SnapshotPolicy.onDemand());
        appendAndWait(runtime, 300);
        List<ReplayProgress> seen = new ArrayList<>();
        ReadModelVerification found =
                travel(runtime)
                        .withOverlayBytes(overlayBytes)
                        .withProgress(
                                now -> {
                                    seen.add(now);
                                    if (events.size() < 600) {
                                        append(10);
                                    }
                                })
                        .verify();
        assertTrue(found.isSound(), found::toString);
        assertEquals(-1, found.from());
        assertTrue(found.position() >= 299 && found.position() <= store.head());
        assertEquals(TABLES, found.tables().size());
        Ledger.Rows rows = expected(found.position());
        assertEquals(rows.balances().size(), table(found, "balances").rows());
        assertEquals(rows.recent().size(), table(found, "recent").rows());
        assertEquals(-1, seen.get(0).position());
        assertNothingLeft();
    }

    @Test
    void shouldTellTheLastEventOfARowThatIsNotAsItShouldBe() throws Exception {
        String[] account = new String[1];
        ReadModelVerification found =
                verifyDamaged(
                        change -> {
                            account[0] = expected(199).balances().keySet().iterator().next();
                            change.table("balances")
                                    .put(
                                            bytes(account[0]),
                                            bytes(new Ledger.Balance(4711, "elsewhere")));
                        });
        assertFalse(found.isSound());
        assertEquals(199, found.position());
        Ledger.Balance right = expected(199).balances().get(account[0]);
        TableVerification table = table(found, "balances");
        assertEquals(1, table.different());
        DifferingRow first = table.first().orElseThrow();
        assertEquals(account[0], first.key());
        assertEquals(Optional.of(right), first.expected());
        assertEquals(Optional.of(new Ledger.Balance(4711, "elsewhere")), first.found());
        ExplainedChange<?> last = first.lastEvent().orElseThrow();
        assertEquals(last(account[0]), last.position());
        assertEquals(Optional.of(right), last.after());
        assertEquals(0, table(found, "recent").different());
        assertEquals(0, table(found, "balances/index/city").different());
        assertNothingLeft();
    }

    @Test
    void shouldFindRowsThatAreMissingAndOthersThatNoEventHasMade() throws Exception {
        String[] account = new String[1];
        ReadModelVerification found =
                verifyDamaged(
                        change -> {
                            account[0] = expected(199).recent().keySet().iterator().next();
                            change.table("recent").delete(bytes(account[0]));
                            change.table("balances")
                                    .put(bytes("a"), bytes(new Ledger.Balance(1, "x")));
                        });
        DifferingRow missing = table(found, "recent").first().orElseThrow();
        assertEquals(account[0], missing.key());
        assertEquals(Optional.empty(), missing.found());
        assertTrue(missing.expected().isPresent());
        assertEquals(last(account[0]), missing.lastEvent().orElseThrow().position());
        DifferingRow added = table(found, "balances").first().orElseThrow();
        assertEquals("a", added.key());
        assertEquals(Optional.empty(), added.expected());
        assertEquals(Optional.empty(), added.lastEvent());
    }

    @Test
    void shouldFindAnIndexThatLacksARow() throws Exception {
        List<String> lost = new ArrayList<>();
        ReadModelVerification found =
                verifyDamaged(
                        change ->
                                change.table("balances/index/city")
                                        .scan(
                                                new BytesView(),
                                                new BytesView(),
                                                (key, nothing) -> {
                                                    lost.add(
                                                            new String(
                                                                    key.toByteArray(),
                                                                    StandardCharsets.UTF_8));
                                                    return false;
                                                }));
        assertTrue(found.isSound());
        closeAndDamage(change -> change.table("balances/index/city").delete(bytes(lost.get(0))));
        found = travel(ledger()).verify();
        DifferingRow row = table(found, "balances/index/city").first().orElseThrow();
        String account = lost.get(0).substring(lost.get(0).lastIndexOf(0) + 1);
        assertEquals(account, row.key());
        assertEquals(Optional.of(expected(199).balances().get(account).city()), row.expected());
        assertEquals(Optional.empty(), row.found());
        assertEquals(last(account), row.lastEvent().orElseThrow().position());
    }

    private void closeAndDamage(Consumer<StateTransaction> change) {
        current.close();
        damage(change);
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
        appendAndWait(runtime, 200);
        hook = entry -> {};
        assertTrue(travel(runtime).verify().isSound());
        assertTrue(runtime.deadLetters(Ledger.CATEGORY).count().dead() > 0);
    }

    @Test
    void shouldTellThatItWasDisturbedWhenLettersAreRetried() throws Exception {
        hook =
                entry -> {
                    if (entry.account().equals("account-5")) {
                        throw new IllegalStateException("not this one");
                    }
                };
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 200);
        hook = entry -> {};
        TimeTravel travel =
                travel(runtime)
                        .withProgress(
                                now -> {
                                    if (now.position() == now.target()) {
                                        retry(runtime);
                                    }
                                });
        assertThrows(VerificationDisturbedException.class, travel::verify);
        assertEquals(199, travel(runtime).verify().position());
        assertNothingLeft();
    }

    private static void retry(ProjectionRuntime runtime) {
        try {
            runtime.deadLetters(Ledger.CATEGORY).retry(Ledger.stream("account-5"), Notes.LONG);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldTakeTheOldestSnapshotAsRightWhereEventsAreGone() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 50);
        runtime.snapshot(Ledger.CATEGORY);
        appendAndWait(runtime, 50);
        runtime.snapshot(Ledger.CATEGORY);
        appendAndWait(runtime, 50);
        store.retention().truncateBefore(50);
        ReadModelVerification found = travel(runtime).verify();
        assertTrue(found.isSound());
        assertEquals(49, found.from());
        assertEquals(149, found.position());
    }

    @Test
    void shouldAdviseASnapshotWhereEventsAreGoneAndThereIsNone() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 50);
        appendAndWait(runtime, 50);
        assertEquals(50, store.retention().truncateBefore(50).firstPosition());
        PositionUnavailableException refused =
                assertThrows(PositionUnavailableException.class, () -> travel(runtime).verify());
        assertFalse(refused.remedy().contains("later position"), refused.remedy());
        assertTrue(refused.remedy().contains("snapshot(\"ledger\")"), refused.remedy());
        runtime.snapshot(Ledger.CATEGORY);
        appendAndWait(runtime, 50);
        ReadModelVerification found = travel(runtime).verify();
        assertTrue(found.isSound());
        assertEquals(99, found.from());
    }

    @Test
    void shouldFindThatCodeGivesOtherRowsThanItDid() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 100);
        hook =
                entry -> {
                    throw new IllegalStateException("changed");
                };
        ReplayFailedException e =
                assertThrows(ReplayFailedException.class, () -> travel(runtime).verify());
        assertEquals(0, e.position());
    }

    @Test
    void shouldBeCancelled() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 100);
        TimeTravel travel =
                travel(runtime)
                        .withOverlayBytes(0)
                        .withProgress(
                                now -> {
                                    if (now.position() == now.target()) {
                                        throw new CancellationException();
                                    }
                                });
        assertThrows(CancellationException.class, travel::verify);
        assertNothingLeft();
        assertEquals(0, runtime.views().open());
    }
}

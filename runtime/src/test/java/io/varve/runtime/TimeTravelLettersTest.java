package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What the projection has left out is left out of the rows of other times too. */
class TimeTravelLettersTest extends LedgerTestBase {
    private static final String BAD = "account-3";

    private static void refuse(Ledger.Entry entry) {
        if (entry.account().equals(BAD)) {
            throw new IllegalStateException("not this one");
        }
    }

    private Ledger.Rows without(long position, Predicate<Ledger.Timed> leftOut) {
        List<Ledger.Timed> some = new ArrayList<>(events.subList(0, (int) position + 1));
        some.removeIf(leftOut);
        return new Ledger.Oracle().apply(some).rows();
    }

    private Ledger.Rows withoutBad(long position) {
        return without(position, one -> one.entry().account().equals(BAD));
    }

    private long firstBad() {
        long position = 0;
        while (!events.get((int) position).entry().account().equals(BAD)) {
            position++;
        }
        return position;
    }

    @Test
    void shouldLeaveOutWhatIsDeadOrWaits() throws Exception {
        hook = TimeTravelLettersTest::refuse;
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 150);
        runtime.snapshot(Ledger.CATEGORY);
        appendAndWait(runtime, 150);
        runtime.pause(Ledger.CATEGORY);
        append(100); // events of the stream will wait, though nobody has said so yet
        for (int i = 0; i < 20; i++) {
            long position = random.nextLong(0, 400);
            try (ReadView view = travel(runtime).asOf(position)) {
                assertEquals(withoutBad(position), Ledger.Rows.of(view), "position=" + position);
                assertEquals(firstBad() <= position, view.deadLetter(firstBad()).isPresent());
            }
        }
        applied.set(0);
        travel(runtime).asOf(200).close();
        assertEquals(51, applied.get() + bad(150, 200));
    }

    private long bad(int from, int to) {
        return events.subList(from, to + 1).stream()
                .filter(one -> one.entry().account().equals(BAD))
                .count();
    }

    @Test
    void shouldPassOverASnapshotThatLacksWhatWasRetriedSince() throws Exception {
        hook = TimeTravelLettersTest::refuse;
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 150);
        runtime.snapshot(Ledger.CATEGORY);
        hook = entry -> {};
        DeadLetters letters = runtime.deadLetters(Ledger.CATEGORY);
        assertEquals(Optional.empty(), letters.retry(Ledger.stream(BAD), Notes.LONG).failure());
        appendAndWait(runtime, 50);
        assertAsOf(travel(runtime), 170);
    }

    @Test
    void shouldLeaveOutWhatWasDiscarded() throws Exception {
        hook = TimeTravelLettersTest::refuse;
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 150);
        assertTrue(
                runtime.deadLetters(Ledger.CATEGORY).discard(Ledger.stream(BAD), Notes.LONG) > 0);
        hook = entry -> {};
        appendAndWait(runtime, 150);
        try (ReadView view = travel(runtime).asOf(280)) {
            List<Ledger.Timed> dropped = new ArrayList<>(events.subList(0, 150));
            dropped.removeIf(one -> !one.entry().account().equals(BAD));
            assertEquals(
                    without(280, one -> dropped.stream().anyMatch(it -> it == one)),
                    Ledger.Rows.of(view));
        }
    }

    @Test
    void shouldTellWhichEventCannotBeAppliedAnew() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 150);
        hook = TimeTravelLettersTest::refuse;
        ReplayFailedException e =
                assertThrows(ReplayFailedException.class, () -> travel(runtime).asOf(140));
        assertEquals(firstBad(), e.position());
        assertEquals("not this one", e.getCause().getCause().getMessage());
        try (ReadView view = travel(runtime).asOf(firstBad() - 1)) {
            assertEquals(expected(firstBad() - 1), Ledger.Rows.of(view));
        }
    }
}

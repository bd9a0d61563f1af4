package io.varve.runtime;

import io.varve.store.StreamId;
import io.varve.store.errors.VarveException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The events that a projection has not applied although their turn had come.
 *
 * <pre>
 *            fails                        retry succeeds
 *   event ─────────▶ DEAD ─────────────────────────────▶ applied, no letter any more
 *                     │ ▲ fails again        ▲
 *     behind a dead   │ └────────── WAITING ─┘
 *     one: WAITING    │ discard        │ discard
 *                     ▼                ▼
 *                  SKIPPED          SKIPPED
 * </pre>
 *
 * <p>After the mistake was corrected, or the event given up:
 *
 * <pre>{@code
 * DeadLetters letters = runtime.deadLetters("revenue");
 * for (StreamId stream : letters.streams()) {
 *     RetryResult result = letters.retry(stream, Duration.ofMinutes(1));
 * }
 * letters.discard(position, Duration.ofSeconds(10));  // leaves out one event,
 * letters.retry(stream, Duration.ofMinutes(1));       // and applies what waits behind it
 * }</pre>
 *
 * <p>Changes are made by the projection's own thread between two events, and if that has ended (the
 * projection has failed), by the caller. Each is committed with the rows it changes, so that an
 * event is applied once or is a letter, whenever the process is killed. Where another generation
 * becomes live meanwhile, as by a promotion, its letters are answered for. Thread-safe. Must not be
 * changed by a listener or by code of the projection, which are on that thread.
 */
public final class DeadLetters {
    private final Supplier<LetterDesk> desk;

    DeadLetters(Supplier<LetterDesk> desk) {
        this.desk = desk;
    }

    /**
     * All letters.
     *
     * @return in order of position
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     */
    public List<DeadLetter> list() {
        return read(at -> at.list(letter -> true));
    }

    /**
     * Some letters: where there may be very many, they are read in pieces.
     *
     * @param from the first position, 0 or more
     * @param limit how many at most, 0 or more
     * @return in order of position
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     */
    public List<DeadLetter> list(long from, int limit) {
        if (from < 0 || limit < 0) {
            throw new IllegalArgumentException("0 or more: from=" + from + " limit=" + limit);
        }
        return read(at -> at.list(from, limit, letter -> true));
    }

    /**
     * The letters of a stream.
     *
     * @param stream of the events
     * @return in order of position
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     */
    public List<DeadLetter> list(StreamId stream) {
        Objects.requireNonNull(stream, "stream");
        return read(at -> at.list(letter -> letter.stream().equals(stream)));
    }

    /**
     * The letter of an event.
     *
     * @param position of the event
     * @return empty if there is none
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     */
    public Optional<DeadLetter> find(long position) {
        return read(at -> at.find(position));
    }

    /**
     * How many there are.
     *
     * @return as of the last commit
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     */
    public DeadLetterCounts count() {
        return read(at -> at.counts());
    }

    /**
     * The streams under quarantine.
     *
     * @return in order of the first event that was not applied
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     */
    public List<StreamId> streams() {
        return read(at -> at.streams());
    }

    /**
     * Applies the dead and waiting events of a stream, in order, each once more, until one fails;
     * it stays dead then and the rest goes on waiting. One that only lets something come due that
     * fails stays as it was. If none fails, the quarantine of the stream is lifted. What was
     * discarded, or skipped by the policy, is not applied any more: a {@link
     * ProjectionRuntime#rebuild(String) rebuild} is, which meets all events again.
     *
     * @param stream of the events
     * @param timeout how long to wait at most
     * @return what came of it
     * @throws ProjectionBusyException if it was not done in time
     * @throws io.varve.store.errors.EventsTruncatedException if the next event is no longer in the
     *     log; discard it
     * @throws io.varve.store.errors.StoreFullException if there is no room; what was applied before
     *     is committed
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     * @throws IllegalStateException on the projection's own thread
     * @throws InterruptedException if the thread was interrupted
     */
    public RetryResult retry(StreamId stream, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(stream, "stream");
        return change(work -> work.retry(stream), checked(timeout));
    }

    /**
     * Leaves out the dead and waiting events of a stream for good; they are kept as skipped, and
     * cannot be retried any more. The quarantine of the stream is lifted: its next event is
     * applied.
     *
     * @param stream of the events
     * @param timeout how long to wait at most
     * @return how many there were
     * @throws ProjectionBusyException if it was not done in time
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     * @throws IllegalStateException on the projection's own thread
     * @throws InterruptedException if the thread was interrupted
     */
    public int discard(StreamId stream, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(stream, "stream");
        return change(work -> work.discard(stream), checked(timeout));
    }

    /**
     * Leaves out one dead or waiting event for good; it is kept as skipped. Those that wait behind
     * it go on waiting until they are retried; if there are none, the quarantine of the stream is
     * lifted.
     *
     * @param position of the event
     * @param timeout how long to wait at most
     * @return false if there is no letter of it, or it is skipped already
     * @throws ProjectionBusyException if it was not done in time
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     * @throws IllegalStateException on the projection's own thread
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean discard(long position, Duration timeout) throws InterruptedException {
        return change(work -> work.discard(position), checked(timeout));
    }

    /** Another generation may become live while the letters of the one before are read. */
    private <T> T read(Function<LetterDesk, T> question) {
        while (true) {
            LetterDesk asked = desk.get();
            try {
                return question.apply(asked);
            } catch (VarveException e) {
                refuseIfLive(asked, e);
            }
        }
    }

    /** Or while they are changed: then those of the new one are what was meant. */
    private <T> T change(Function<LetterWork, T> body, Duration timeout)
            throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            LetterDesk asked = desk.get();
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            try {
                return asked.call(body, left);
            } catch (VarveException e) {
                refuseIfLive(asked, e);
            }
        }
    }

    private void refuseIfLive(LetterDesk asked, VarveException why) {
        if (desk.get() == asked) {
            throw why;
        }
    }

    private static Duration checked(Duration timeout) {
        // Longer than a century is for ever.
        Duration longest = Duration.ofDays(36_500);
        return timeout.compareTo(longest) < 0 ? timeout : longest;
    }
}

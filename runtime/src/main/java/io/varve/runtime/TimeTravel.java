package io.varve.runtime;

import io.varve.projections.StoreRef;
import io.varve.store.EventQuery;
import io.varve.store.errors.VarveException;
import io.varve.store.state.StateView;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Looks at a read model as of other times than now, as it would be with other events, and at where
 * its rows come from; and verifies it. Immutable; each {@code with} returns another.
 *
 * <pre>{@code
 * TimeTravel travel = runtime.timeTravel("revenue");
 * try (ReadView then = travel.asOf(Instant.parse("2026-01-01T00:00:00Z"))) {
 *     then.store(REVENUE).get("customer-1");
 * }
 * }</pre>
 *
 * <p>Rows of then are computed: from the newest snapshot at or before that position, or from
 * nothing, the events behind it are applied to changes that lie over it. Nothing is written to the
 * log or to the read model, and the projection goes on meanwhile. Events that the projection has
 * left out, see {@link DeadLetters}, are left out of these rows too.
 *
 * <p>All of it is done on the caller's thread, and may take long. It ends early if that is
 * interrupted, if who is told of the progress throws something, which comes back to the caller, or
 * if the runtime is closed. It begins anew where another generation becomes live meanwhile and the
 * one it looks at is discarded. Thread-safe.
 */
public final class TimeTravel {
    /** 64 MiB; an eighth of the heap where that is less. */
    public static final long DEFAULT_OVERLAY_BYTES = 64L << 20;

    private final HostedProjection projection;
    private final long overlayBytes;
    private final Optional<Duration> timeout;
    private final Consumer<ReplayProgress> told;

    TimeTravel(HostedProjection projection) {
        this(
                projection,
                Math.min(DEFAULT_OVERLAY_BYTES, Runtime.getRuntime().maxMemory() / 8),
                Optional.empty(),
                progress -> {});
    }

    private TimeTravel(
            HostedProjection projection,
            long overlayBytes,
            Optional<Duration> timeout,
            Consumer<ReplayProgress> told) {
        this.projection = projection;
        this.overlayBytes = overlayBytes;
        this.timeout = timeout;
        this.told = told;
    }

    /**
     * The same with another limit of memory for changed rows; those beyond it are in a temporary
     * folder beside the read model, for as long as they are needed. Looked at between commits. A
     * cache of decoded rows comes on top, of {@link ProjectionConfig#cacheSize}.
     *
     * @param bytes the limit, 0 or more; {@link #DEFAULT_OVERLAY_BYTES} at first, or an eighth of
     *     the heap where that is less
     * @return another one
     */
    public TimeTravel withOverlayBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("overlayBytes is 0 or more: actual=" + bytes);
        }
        return new TimeTravel(projection, bytes, timeout, told);
    }

    /**
     * The same with a limit of time; none at first. What takes longer ends with a {@link
     * io.varve.store.errors.WaitTimeoutException}.
     *
     * @param limit for applying events, of each call
     * @return another one
     */
    public TimeTravel withTimeout(Duration limit) {
        Objects.requireNonNull(limit, "timeout");
        return new TimeTravel(projection, overlayBytes, Optional.of(limit), told);
    }

    /**
     * The same with one who is told how far the log has been applied: about every thousand events,
     * on the caller's thread.
     *
     * @param listener instead of an earlier one; what it throws ends the call
     * @return another one
     */
    public TimeTravel withProgress(Consumer<ReplayProgress> listener) {
        Objects.requireNonNull(listener, "listener");
        return new TimeTravel(projection, overlayBytes, timeout, listener);
    }

    /** Something that takes a read model which may be live no more before it is done. */
    interface Look<T, X extends Exception> {
        T at(Timeline line) throws X;
    }

    /** Looks at the generation that is live; anew at the next if that is not to the end. */
    <T, X extends Exception> T look(Look<T, X> look) throws X {
        while (true) {
            Generation asked = projection.live();
            try {
                return look.at(asked.timeline());
            } catch (VarveException e) {
                // What has become of a generation that is live no more is not what was asked.
                if (projection.live() == asked) {
                    throw e;
                }
            }
        }
    }

    ReplayTerms terms() {
        OptionalLong deadline =
                timeout.isPresent()
                        ? OptionalLong.of(
                                System.nanoTime()
                                        + Math.min(
                                                Progress.nanos(timeout.get()), Long.MAX_VALUE / 2))
                        : OptionalLong.empty();
        return new ReplayTerms(overlayBytes, deadline, told);
    }

    /**
     * The rows as they are when everything up to a position is applied, and nothing behind it.
     *
     * @param position of an event of the log; -1 for the time before the first
     * @return a view, for this thread; close it soon, as any other
     * @throws PositionUnavailableException if there is no such event yet, or if events are gone
     *     that it takes, and no snapshot helps
     * @throws ReplayFailedException if an event cannot be applied of which there is no dead letter
     * @throws io.varve.store.errors.WaitTimeoutException if it takes too long
     * @throws ProjectionFailedException if the projection has nothing to read
     * @throws io.varve.store.errors.StoreFullException if there is no room for changes
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     * @throws InterruptedException if the thread was interrupted
     */
    public ReadView asOf(long position) throws InterruptedException {
        ReplayTerms terms = terms();
        return look(
                line -> {
                    line.checkReached(position);
                    return at(line, position, terms);
                });
    }

    private ReadView at(Timeline line, long position, ReplayTerms terms)
            throws InterruptedException {
        ReadView view = line.readers().openView();
        Timeline.Now now;
        try {
            if (view.position() == position) {
                return view;
            }
            now = Timeline.now(view);
        } catch (Throwable e) {
            view.close();
            throw e;
        }
        if (now.position() < position) {
            // What the projection has not applied yet comes on top of what it has.
            Timeline.Base base = new Timeline.Base(view.state(), now.position());
            return replayed(line, base, now, position, terms);
        }
        view.close();
        return replayed(line, line.base(position, now.left()), now, position, terms);
    }

    private ReadView replayed(
            Timeline line, Timeline.Base base, Timeline.Now now, long position, ReplayTerms terms)
            throws InterruptedException {
        StateView rows;
        try (Replay replay = new Replay(line, terms, base, now.left())) {
            replay.to(position);
            rows = replay.result();
        }
        return line.readers().register(rows);
    }

    /**
     * The same as of a time: that of the last event that was committed then or before. Its commit
     * time counts, not the time that an event says of itself.
     *
     * @param time of the store's clock; may be in the future
     * @return a view, for this thread; errors as those of {@link #asOf(long)}
     * @throws InterruptedException if the thread was interrupted
     */
    public ReadView asOf(Instant time) throws InterruptedException {
        Objects.requireNonNull(time, "time");
        long position = look(line -> lastAt(line, time));
        return asOf(position);
    }

    private static long lastAt(Timeline line, Instant time) {
        long[] position = {-1};
        line.context()
                .store()
                .read(
                        EventQuery.all().backward().fromTime(time).limit(1),
                        event -> {
                            position[0] = event.position();
                            return false;
                        });
        if (position[0] < 0 && line.firstPosition() > 0) {
            // Which event that was cannot be told any more.
            throw line.truncated(-1);
        }
        return position[0];
    }

    /**
     * What the read model would be if there were some events more: those of {@link WhatIf#append},
     * behind what it has applied.
     *
     * @return without such events; close it soon
     * @throws ProjectionFailedException if the projection has nothing to read
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     */
    public WhatIf whatIf() {
        return look(line -> whatIf(line, line.readers().openView(), Optional.empty()));
    }

    /**
     * The same as of a position: what it would have been.
     *
     * @param position of an event of the log; -1 for the time before the first
     * @return without such events; close it soon; errors as those of {@link #asOf(long)}
     * @throws InterruptedException if the thread was interrupted
     */
    public WhatIf whatIf(long position) throws InterruptedException {
        ReplayTerms terms = terms();
        return look(
                line -> {
                    line.checkReached(position);
                    LeftOut left = line.now().left();
                    return whatIf(line, at(line, position, terms), Optional.of(left));
                });
    }

    private WhatIf whatIf(Timeline line, ReadView base, Optional<LeftOut> left) {
        try {
            LeftOut known = left.orElseGet(() -> Timeline.now(base).left());
            return new WhatIf(line, terms(), base, known);
        } catch (RuntimeException | Error e) {
            base.close();
            throw e;
        }
    }

    /**
     * Asks for the events that have made the value of a row.
     *
     * @param store of the projection
     * @param key of the row, which need not be there
     * @param <K> keys
     * @param <V> values
     * @return reads nothing yet
     */
    public <K, V> Explanation<K, V> explain(StoreRef<K, V> store, K key) {
        return new Explanation<>(
                this, store, key, OptionalLong.empty(), Explanation.DEFAULT_NEWEST);
    }

    /**
     * Holds the read model against the events: applies them anew beside it, up to where it is, and
     * compares all rows of all stores and indexes, byte for byte. Of the first row that differs in
     * each, it tells the last event that has touched it, for which the events are applied once
     * more. Memory is bounded as with {@link #asOf(long)}.
     *
     * <p>The projection goes on. While rows are compared, and not while events are applied, a view
     * is open for as long as that takes, so that the read model reuses no space.
     *
     * <p>What was left out, see {@link DeadLetters}, is left out here too. An event that has failed
     * at first and was retried later was applied behind its turn, and is applied in its turn here:
     * where the order of events of different streams matters, its rows differ.
     *
     * @return what was found; of rows only, damage in files is an error
     * @throws VerificationDisturbedException if dead letters are retried meanwhile, or the read
     *     model is begun anew
     * @throws PositionUnavailableException if events are gone, and no snapshot helps
     * @throws ReplayFailedException if an event cannot be applied of which there is no dead letter
     * @throws io.varve.store.errors.StoreCorruptedException if the read model is damaged
     * @throws io.varve.store.errors.WaitTimeoutException if it takes too long
     * @throws ProjectionFailedException if the projection has nothing to read
     * @throws io.varve.store.errors.StoreFullException if there is no room for changes
     * @throws io.varve.store.errors.StoreClosedException if the runtime is closed
     * @throws InterruptedException if the thread was interrupted
     */
    public ReadModelVerification verify() throws InterruptedException {
        ReplayTerms terms = terms();
        return look(line -> new ReadModelVerifier(line, terms).verify());
    }
}

package io.varve.store.snapshot;

import io.varve.store.AppendResult;
import io.varve.store.Category;
import io.varve.store.EventView;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.VarveException;
import io.varve.store.errors.WrongExpectedVersionException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * States of streams: each the fold of a stream's events, found as the newest valid snapshot and the
 * events behind it. Thread-safe.
 *
 * <p>To decide on a state and append what follows from it, either call {@link #update}, or:
 *
 * <pre>{@code
 * Loaded<Order> order = orders.load("order-7");
 * category.append("order-7", order.expected(), order.state().ship());
 * }</pre>
 *
 * which fails with a {@link WrongExpectedVersionException} if anything was appended in between.
 *
 * <p>What the snapshots do not stand for yet, {@link io.varve.store.Retention} keeps in the log:
 * see {@link StreamSnapshotsBuilder#holding}.
 *
 * @param <S> the state
 * @param <E> the events
 */
public final class StreamSnapshots<S, E> {
    /** How often an update is tried. */
    private static final int ATTEMPTS = 50;

    /** Nanoseconds before it is tried again: at first, and at most, each drawn from 0 on. */
    private static final long FIRST_PAUSE = 100_000;

    private static final long LONGEST_PAUSE = 20_000_000;

    private final StreamSnapshotsBuilder<S, E> plan;
    private final Category<E> category;
    private final SnapshotHistory history;
    private final SnapshotTable table;
    private final TailFold<S, E> tail;
    private final SnapshotHold hold;
    private final LongAdder loads = new LongAdder();
    private final LongAdder folded = new LongAdder();
    private final LongAdder saves = new LongAdder();
    private final LongAdder failedSaves = new LongAdder();
    private final LongAdder rejections = new LongAdder();

    /** So that a disk that stays full is told once and not at each load. */
    private volatile boolean failing;

    StreamSnapshots(StreamSnapshotsBuilder<S, E> plan, SnapshotKeys keys) {
        this.plan = plan.copy();
        this.category = plan.category;
        this.history = new SnapshotHistory(category.store(), category.name(), plan.schema);
        this.table = new SnapshotTable(plan.owner, keys, history);
        this.tail = new TailFold<>(category, plan.fold);
        this.hold = new SnapshotHold(category, plan.name, table, plan.owner::sync);
    }

    /** Lets retention ask for what it needs, until the snapshot store is closed. */
    StreamSnapshots<S, E> begin() {
        if (plan.holding) {
            plan.owner.closeWithIt(hold.begin());
        }
        return this;
    }

    /**
     * Loads the state of a stream as of now, and saves a snapshot of it if one is due. That saving
     * may fail, which {@link Loaded#outcome()} tells; the state is right all the same.
     *
     * @param key of the stream
     * @return its state; the initial one if there is no such stream
     * @throws EventsTruncatedException if events of the stream were removed that no snapshot stands
     *     for; see {@link io.varve.store.Retention}
     * @throws io.varve.store.errors.StoreCorruptedException if the log is damaged
     * @throws io.varve.store.errors.SerdeException if an event cannot be read
     * @throws StoreClosedException if one of the two stores is closed
     */
    public Loaded<S> load(String key) {
        return saveIfDue(find(key, Long.MAX_VALUE));
    }

    /**
     * Loads the state of a stream as it was after one of its events. Saves nothing.
     *
     * @param key of the stream
     * @param version of that event, 0 or more; if the stream has not come so far, the state of now
     * @return its state then
     * @throws EventsTruncatedException as {@link #load}
     */
    public Loaded<S> loadAt(String key, long version) {
        if (version < 0) {
            throw new IllegalArgumentException("Versions begin at 0: version=" + version);
        }
        return find(key, version);
    }

    private Loaded<S> find(String key, long atMost) {
        StreamId stream = category.id(key);
        List<Rejection> rejected = new ArrayList<>();
        Optional<SnapshotTable.Found<S>> found = table.newest(key, atMost, plan.serde, rejected);
        Loaded<S> base =
                found.map(snapshot -> loaded(stream, snapshot, rejected))
                        .orElseGet(() -> initial(stream, rejected));
        Loaded<S> now = tail.onto(base, atMost);
        loads.increment();
        folded.add(now.folded());
        rejections.add(rejected.size());
        return now;
    }

    private static <S> Loaded<S> loaded(
            StreamId stream, SnapshotTable.Found<S> found, List<Rejection> rejected) {
        SnapshotHeader header = found.header();
        OptionalLong version = OptionalLong.of(header.version());
        return new Loaded<>(
                stream,
                found.state(),
                version,
                header.origin().position(),
                0,
                version,
                rejected,
                new SaveOutcome.NotDue());
    }

    private Loaded<S> initial(StreamId stream, List<Rejection> rejected) {
        return new Loaded<>(
                stream,
                Objects.requireNonNull(plan.initial.get(), "initial"),
                OptionalLong.empty(),
                -1,
                0,
                OptionalLong.empty(),
                rejected,
                new SaveOutcome.NotDue());
    }

    /**
     * Saves a snapshot if the policy asks for one.
     *
     * @param loaded a state of this fold
     * @return the same, with what became of it
     */
    public Loaded<S> saveIfDue(Loaded<S> loaded) {
        return loaded.folded() > 0 && plan.policy.isDue(loaded.folded())
                ? loaded.with(save(loaded))
                : loaded;
    }

    /**
     * Saves a snapshot, whatever the policy. Older ones beyond those that are kept, and those that
     * do not fit, are removed in the same transaction. Nothing waits for the disk.
     *
     * @param loaded a state of this fold
     * @return what became of it
     * @throws StoreClosedException if one of the two stores is closed
     */
    public SaveOutcome save(Loaded<S> loaded) {
        if (!loaded.stream().category().equals(category.name())) {
            throw new IllegalArgumentException(
                    "A state of another category: stream=" + loaded.stream());
        }
        if (loaded.version().isEmpty()) {
            return new SaveOutcome.NotDue();
        }
        if (history.isTruncated(loaded.position())) {
            // It comes from a snapshot: its last event is no longer there to make one of.
            return new SaveOutcome.Present(loaded.version().getAsLong());
        }
        return save(loaded, plan.kept);
    }

    private SaveOutcome save(Loaded<S> loaded, int kept) {
        try {
            if (plan.holding) {
                hold.set();
            }
            SaveOutcome outcome = write(loaded, kept);
            if (outcome instanceof SaveOutcome.Saved) {
                saves.increment();
                failing = false;
            }
            return outcome;
        } catch (StoreClosedException e) {
            throw e;
        } catch (VarveException e) {
            return failed(loaded, e);
        }
    }

    private SaveOutcome write(Loaded<S> loaded, int kept) {
        SnapshotHeader header = history.header(loaded.version().getAsLong(), loaded.position());
        BytesWriter state = new BytesWriter();
        plan.serde.serialize(loaded.state(), state);
        String key = loaded.stream().key();
        return plan.owner.change(() -> table.save(key, header, state.view(), kept));
    }

    private SaveOutcome failed(Loaded<S> loaded, VarveException e) {
        failedSaves.increment();
        if (!failing) {
            failing = true;
            Logs.of(StreamSnapshots.class)
                    .log(
                            Level.WARNING,
                            "A snapshot could not be saved; states are right, but take longer to load:"
                                    + " name="
                                    + plan.name
                                    + " stream="
                                    + loaded.stream(),
                            e);
        }
        return new SaveOutcome.Failed(e);
    }

    /**
     * Loads a stream, decides on its state, and appends what was decided; if somebody else appended
     * to the stream meanwhile, all of it again after a pause, up to {@value #ATTEMPTS} times.
     *
     * @param key of the stream
     * @param decide is given the state, which it must not change, and returns the events to append,
     *     none to leave the stream as it is; may be called several times
     * @return the state after those events
     * @throws WrongExpectedVersionException if others were faster each time
     * @throws io.varve.store.errors.AppendOutcomeUnknownException as {@link Category#append}, which
     *     may fail in all its ways here
     */
    public Loaded<S> update(String key, Function<? super S, ? extends List<? extends E>> decide) {
        Objects.requireNonNull(decide, "decide");
        for (int attempt = 1; ; attempt++) {
            Loaded<S> before = find(key, Long.MAX_VALUE);
            List<? extends E> events =
                    Objects.requireNonNull(decide.apply(before.state()), "events");
            if (events.isEmpty()) {
                return saveIfDue(before);
            }
            try {
                AppendResult appended = category.append(key, before.expected(), events);
                // From the log, not from memory: what is saved must be what a later load folds.
                return saveIfDue(tail.onto(before, appended.version()));
            } catch (WrongExpectedVersionException e) {
                if (attempt == ATTEMPTS) {
                    throw new WrongExpectedVersionException(e, ATTEMPTS);
                }
                pause(attempt);
            }
        }
    }

    /** Lets others go first, so that not all try again at once. */
    private static void pause(int attempt) {
        long most = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(attempt, 20));
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most));
    }

    /**
     * Removes all snapshots of a stream. From then on its events are needed again, as far as they
     * are still in the log.
     *
     * @param key of the stream
     */
    public void delete(String key) {
        plan.owner.change(
                () -> {
                    table.delete(key);
                    return true;
                });
        if (plan.holding) {
            hold.takeBack();
        }
    }

    /**
     * The first position of the log that is still needed to load every stream of the category: a
     * stream with snapshots needs the events behind the oldest of them; one without needs all its
     * events. A stream whose state is saved as of its last event needs none, nor does the tombstone
     * of one that has ended. Reads the log up to that position, and syncs the snapshots.
     *
     * <p>Snapshots are derived: where their folder is lost or damaged, or their schema is raised,
     * what was removed from the log because of them can be had from a backup only.
     *
     * @return 0 or more; empty if no event is needed
     * @throws EventsTruncatedException if events of a stream are needed that are gone, while later
     *     ones are there; a stream of which nothing is left is not looked at
     */
    public OptionalLong firstPositionNeeded() {
        OptionalLong first = new NeededEvents(category, table, this::refuse).first();
        // Afterwards: what was seen is on the disk then, also what was saved meanwhile.
        plan.owner.sync();
        return first;
    }

    private void refuse(EventView event) {
        throw new EventsTruncatedException(
                "stream=" + event.stream() + " next version=" + event.version(),
                category.store().retention().firstPosition());
    }

    /**
     * Keeps in the log, now, what is needed to load every stream of the category: sets the hold
     * {@code snapshots/NAME} of the store's {@link io.varve.store.Retention} to {@link
     * #firstPositionNeeded}. Only needed without {@link StreamSnapshotsBuilder#holding}: call it
     * again then to move the hold on, before the log is truncated.
     *
     * @return the position; behind the head if no event is needed
     * @throws EventsTruncatedException as {@link #firstPositionNeeded}; the hold stays where it was
     */
    public long hold() {
        long end = category.store().head() + 1;
        long needed = firstPositionNeeded().orElse(end);
        category.store().retention().hold(hold.name(), needed);
        return needed;
    }

    /**
     * Saves a snapshot, whatever the policy, of each stream that needs events from before a
     * position, so that these can be removed; of such a stream that one alone is kept. Streams
     * whose beginning is gone already are passed over.
     *
     * <p>Reads the log up to that position and then each of these streams: a task for the thread
     * that truncates next.
     *
     * @param position the first that is to be kept
     * @return how many streams there were
     * @throws VarveException if a state cannot be computed or saved; what was saved before stays
     */
    public long saveBefore(long position) {
        Set<String> keys = new NeededEvents(category, table, event -> {}).streamsBefore(position);
        for (String key : keys) {
            if (save(find(key, Long.MAX_VALUE), 1) instanceof SaveOutcome.Failed failed) {
                throw failed.cause();
            }
        }
        return keys.size();
    }

    /**
     * What was done since the snapshot store was opened.
     *
     * @return as of about now
     */
    public SnapshotCounts counts() {
        return new SnapshotCounts(
                loads.sum(), folded.sum(), saves.sum(), failedSaves.sum(), rejections.sum());
    }

    @Override
    public String toString() {
        return "StreamSnapshots[name=" + plan.name + " category=" + category.name() + "]";
    }
}

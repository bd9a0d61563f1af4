package io.varve.store.snapshot;

import io.varve.store.Category;
import io.varve.store.serde.Serde;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Collects what a fold over streams is made of. One thread at a time.
 *
 * @param <S> the state
 * @param <E> the events
 */
public final class StreamSnapshotsBuilder<S, E> {
    private static final long EVENTS = 100;
    private static final int KEPT = 2;
    private static final int MOST_KEPT = 1000;

    final SnapshotStore owner;
    final String name;
    final Category<E> category;
    final Serde<S> serde;
    Supplier<? extends S> initial;
    StreamFold<S, E> fold;
    int schema = 1;
    SnapshotPolicy policy = SnapshotPolicy.everyEvents(EVENTS);
    int kept = KEPT;
    boolean holding = true;

    StreamSnapshotsBuilder(SnapshotStore owner, String name, Category<E> category, Serde<S> serde) {
        this.owner = owner;
        this.name = name;
        this.category = Objects.requireNonNull(category, "category");
        this.serde = Objects.requireNonNull(serde, "serde");
    }

    /**
     * Says how a state comes to be.
     *
     * @param newInitial gives the state before the first event, a new one each time if it can be
     *     changed
     * @param newFold adds an event
     * @return this
     */
    public StreamSnapshotsBuilder<S, E> fold(
            Supplier<? extends S> newInitial, StreamFold<S, E> newFold) {
        initial = Objects.requireNonNull(newInitial, "initial");
        fold = Objects.requireNonNull(newFold, "fold");
        return this;
    }

    /**
     * Names the meaning of the state: raise it whenever the fold, the state or its serde changes so
     * that a state from before is not what it would be today. Snapshots of other versions are
     * passed over, and removed at the next save. Without this call it is 1.
     *
     * @param version any number
     * @return this
     */
    public StreamSnapshotsBuilder<S, E> schemaVersion(int version) {
        schema = version;
        return this;
    }

    /**
     * Says when a snapshot is due. Without this call that is every {@value #EVENTS} events.
     *
     * @param newPolicy when
     * @return this
     */
    public StreamSnapshotsBuilder<S, E> policy(SnapshotPolicy newPolicy) {
        policy = Objects.requireNonNull(newPolicy, "policy");
        return this;
    }

    /**
     * Says how many snapshots of a stream are kept, the newest. Without this call that is {@value
     * #KEPT}: should one be damaged, there is another.
     *
     * @param count 1 to {@value #MOST_KEPT}
     * @return this
     */
    public StreamSnapshotsBuilder<S, E> keepLast(int count) {
        if (count < 1 || count > MOST_KEPT) {
            throw new IllegalArgumentException(
                    "Of each stream 1 to " + MOST_KEPT + " snapshots are kept: keepLast=" + count);
        }
        kept = count;
        return this;
    }

    /**
     * Says whether the log keeps the events that are needed to load each stream, as {@link
     * StreamSnapshots#firstPositionNeeded} says. Without this call it does: they are not removed
     * while the fold is there, and, once it has saved a snapshot, not while it is not: its hold
     * {@code snapshots/NAME} stays until somebody releases it. A stream without snapshots needs all
     * its events; {@link StreamSnapshots#saveBefore} makes some, so that the log can be truncated.
     *
     * @param keepsEvents false if streams may be truncated whose states cannot be had then
     * @return this
     */
    public StreamSnapshotsBuilder<S, E> holding(boolean keepsEvents) {
        holding = keepsEvents;
        return this;
    }

    /** As it is now: the builder may go on. */
    StreamSnapshotsBuilder<S, E> copy() {
        return new StreamSnapshotsBuilder<>(owner, name, category, serde)
                .fold(initial, fold)
                .schemaVersion(schema)
                .policy(policy)
                .keepLast(kept)
                .holding(holding);
    }

    /**
     * Ends the description.
     *
     * @return the snapshots of the fold
     * @throws IllegalArgumentException if nothing was said about the fold, or the name is none
     * @throws IllegalStateException if the snapshot store has a fold of that name open already
     * @throws io.varve.store.errors.HoldFollowedException if another snapshot store has a fold of
     *     that name over the same event store, and both hold
     */
    public StreamSnapshots<S, E> build() {
        if (fold == null) {
            throw new IllegalArgumentException(
                    "Say how a state comes to be, with fold(initial, fold): name=" + name);
        }
        SnapshotKeys keys = new SnapshotKeys(name);
        owner.takeName(name);
        try {
            return new StreamSnapshots<>(this, keys).begin();
        } catch (RuntimeException | Error e) {
            owner.giveBackName(name);
            throw e;
        }
    }
}

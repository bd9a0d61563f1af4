package io.varve.runtime;

import io.varve.projections.RowProbe;
import io.varve.projections.StoreRef;
import io.varve.projections.query.RangeQuery;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Asks for the events that have made the value of a row. Immutable; nothing is read before {@link
 * #list} or {@link #forEach}.
 *
 * <pre>{@code
 * runtime.timeTravel("revenue").explain(REVENUE, "customer-1").newest(10).list();
 * }</pre>
 *
 * <p>The log is applied anew, to what is in nobody's way, up to where the read model is; so the
 * last value is that of the read model. An event that has written the row without changing its
 * value is not told. One that has failed at first and was retried is told in its turn; what a
 * processor does at its time is told of the event that has moved the time there. Errors and ends
 * are those of {@link TimeTravel}.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class Explanation<K, V> {
    /** What {@link #list} gives at most, if nothing else is said. */
    public static final int DEFAULT_NEWEST = 1_000;

    private final TimeTravel travel;
    private final StoreRef<K, V> store;
    private final K key;
    private final OptionalLong since;
    private final int newest;

    /** Ends a replay when somebody has seen enough. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Enough() {
            super(null, null, false, false);
        }
    }

    Explanation(TimeTravel travel, StoreRef<K, V> store, K key, OptionalLong since, int newest) {
        this.travel = travel;
        this.store = Objects.requireNonNull(store, "store");
        this.key = Objects.requireNonNull(key, "key");
        this.since = since;
        this.newest = newest;
    }

    /**
     * The same, but for the events of a position and behind it. They are applied to the nearest
     * snapshot before, so this is what makes it quick where the log is long.
     *
     * @param position 0 or more
     * @return another one
     */
    public Explanation<K, V> since(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("since is 0 or more: actual=" + position);
        }
        return new Explanation<>(travel, store, key, OptionalLong.of(position), newest);
    }

    /**
     * The same, with another limit of {@link #list}.
     *
     * @param most how many of the newest, 1 or more; {@link #DEFAULT_NEWEST} at first
     * @return another one
     */
    public Explanation<K, V> newest(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("newest is 1 or more: actual=" + most);
        }
        return new Explanation<>(travel, store, key, since, most);
    }

    /**
     * The newest of the events that have changed the row.
     *
     * @return in the order of the log; none if there is none
     * @throws PositionUnavailableException if events are gone that it takes; see {@link #since}
     * @throws ReplayFailedException if an event cannot be applied of which there is no dead letter
     * @throws io.varve.projections.TopologyException if the projection has no such store
     * @throws InterruptedException if the thread was interrupted
     */
    public List<ExplainedChange<V>> list() throws InterruptedException {
        ReplayTerms terms = travel.terms();
        return travel.look(line -> list(line, terms));
    }

    private List<ExplainedChange<V>> list(Timeline line, ReplayTerms terms)
            throws InterruptedException {
        Deque<ExplainedChange<V>> kept = new ArrayDeque<>();
        visit(
                line,
                terms,
                change -> {
                    if (kept.size() == newest) {
                        kept.removeFirst();
                    }
                    return kept.add(change);
                });
        return List.copyOf(kept);
    }

    /**
     * Visits the events that have changed the row, in the order of the log, without keeping them.
     * Where another generation becomes live meanwhile, it goes on behind the last of them as that
     * has it.
     *
     * @param visitor is given each until it returns false
     * @throws InterruptedException if the thread was interrupted; other errors as those of {@link
     *     #list}
     */
    public void forEach(Predicate<? super ExplainedChange<V>> visitor) throws InterruptedException {
        Objects.requireNonNull(visitor, "visitor");
        ReplayTerms terms = travel.terms();
        long[] last = {-1};
        travel.look(
                line -> {
                    visit(
                            line,
                            terms,
                            change -> {
                                if (change.position() <= last[0]) {
                                    return true;
                                }
                                last[0] = change.position();
                                return visitor.test(change);
                            });
                    return true;
                });
    }

    private void visit(
            Timeline line, ReplayTerms terms, Predicate<? super ExplainedChange<V>> visitor)
            throws InterruptedException {
        Timeline.Now now = line.now();
        long before = since.orElse(0) - 1;
        // Refused before anything is read.
        line.projection().topology().select(store, RangeQuery.only(key));
        if (before >= now.position()) {
            return;
        }
        try (Replay replay = new Replay(line, terms, line.base(before, now.left()), now.left())) {
            replay.to(before);
            RowProbe<K, V> probe = replay.task().probe(store, key);
            replay.watch(
                    event ->
                            probe.look()
                                    .filter(RowProbe.Touch::changed)
                                    .ifPresent(
                                            touch -> {
                                                if (!visitor.test(
                                                        ExplainedChange.of(event, touch))) {
                                                    throw new Enough();
                                                }
                                            }));
            replay.to(now.position());
        } catch (Enough e) {
            return;
        }
    }
}

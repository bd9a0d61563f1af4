package io.varve.projections;

import java.util.Optional;

/** One side of a join of two streams: keeps its records, and finds those of the other side. */
final class StreamJoinOperator<K, V, V2, R> implements Operator<K, V>, Timed {
    private final Side<K, V, V2, R> side;
    private final JoinBuffer<K, V> own;
    private final JoinBuffer<K, V2> others;
    private final JoinTimes times;
    private final Optional<UnmatchedRecords<K, ?, ?, ?>> unmatched;
    private final TaskContext context;

    /**
     * As one side sees the join.
     *
     * @param isLeft whether it is the left one
     * @param isOuter whether its records are results even without a match
     * @param otherIsOuter whether those of the other side are
     * @param windows as this side sees them
     * @param joiner takes the value of this side first
     */
    record Side<K, V, V2, R>(
            boolean isLeft,
            boolean isOuter,
            boolean otherIsOuter,
            JoinWindows windows,
            ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner) {}

    /** For one task. */
    StreamJoinOperator(
            Side<K, V, V2, R> side,
            JoinBuffer<K, V> own,
            JoinBuffer<K, V2> others,
            JoinTimes times,
            Optional<UnmatchedRecords<K, ?, ?, ?>> unmatched,
            TaskContext context) {
        this.side = side;
        this.own = own;
        this.others = others;
        this.times = times;
        this.unmatched = unmatched;
        this.context = context;
    }

    @Override
    public void process(K key, V value, ProcessorNode out) {
        long time = context.timestamp();
        long streamTime = times.advance(time);
        if (key == null && value != null && side.isOuter()) {
            out.forward(null, side.joiner().apply(null, value, null));
        }
        if (key == null || value == null) {
            return;
        }
        long number = own.put(key, value, time);
        if (time == streamTime && unmatched.isPresent()) {
            unmatched.get().close(streamTime, out);
        }
        long last = time + side.windows().after().toMillis();
        boolean matched =
                others.find(
                        key,
                        time - side.windows().before().toMillis(),
                        last,
                        (other, otherValue) -> match(value, other, otherValue, out));
        if (matched || !side.isOuter()) {
            return;
        }
        if (last < streamTime) {
            out.forward(key, side.joiner().apply(key, value, null));
        } else {
            unmatched.orElseThrow().add(new Unmatched<>(time, side.isLeft(), key, number), value);
        }
    }

    /** For both sides, as they share their time; the left one does it. */
    @Override
    public void pass(long time, ProcessorNode out) {
        if (side.isLeft()) {
            long streamTime = times.advance(time);
            unmatched.ifPresent(records -> records.close(streamTime, out));
        }
    }

    @Override
    public long due() {
        return side.isLeft() ? unmatched.map(UnmatchedRecords::due).orElse(NEVER) : NEVER;
    }

    private void match(V value, BufferedKey<K> other, V2 otherValue, ProcessorNode out) {
        K key = other.key();
        if (side.otherIsOuter()) {
            unmatched
                    .orElseThrow()
                    .remove(new Unmatched<>(other.time(), !side.isLeft(), key, other.number()));
        }
        out.forward(
                key,
                side.joiner().apply(key, value, otherValue),
                Math.max(context.timestamp(), other.time()));
    }
}

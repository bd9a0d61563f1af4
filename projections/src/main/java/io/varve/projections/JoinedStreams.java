package io.varve.projections;

import io.varve.projections.StreamJoinOperator.Side;
import io.varve.store.serde.Serde;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two streams that are joined in windows: a node for the records of each, and one behind both.
 *
 * <pre>
 *   left  ──▶ keep, find the right ones ──┐   REF/left, REF/right   records that others may come for
 *                                         ├─▶ REF/unmatched         those of left and outer joins
 *   right ──▶ keep, find the left ones ───┘   REF/time
 * </pre>
 */
final class JoinedStreams<K, V1, V2, R> {
    private final TopologyBuilder topology;
    private final Side<K, V1, V2, R> left;
    private final Serde<K> keys;
    private final StoreDefinition<BufferedKey<K>, V1> lefts;
    private final StoreDefinition<BufferedKey<K>, V2> rights;
    private final StoreDefinition<String, Long> times;
    private final StoreDefinition<Unmatched<K>, Unmatched.Value<V1, V2>> unmatched;

    JoinedStreams(
            TopologyBuilder topology, Side<K, V1, V2, R> left, StreamJoined<K, V1, V2> joined) {
        this.topology = topology;
        this.left = left;
        StoreRef<?, ?> ref = joined.ref();
        this.keys = joined.needed("key", joined.keySerde());
        Serde<V1> leftValues = joined.needed("value", joined.valueSerde());
        Serde<V2> rightValues = joined.needed("other value", joined.otherValueSerde());
        this.lefts = JoinBuffer.of(ref, "left", keys, leftValues);
        this.rights = JoinBuffer.of(ref, "right", keys, rightValues);
        this.times = JoinTimes.of(ref);
        this.unmatched =
                StoreDefinition.part(
                        ref,
                        "unmatched",
                        Unmatched.serde(keys),
                        Unmatched.valueSerde(leftValues, rightValues),
                        StoreKind.walked());
    }

    /** The node behind both. */
    TopologyNode node(TopologyNode leftNode, TopologyNode rightNode) {
        String leftName = name(left.otherIsOuter() ? "KSTREAM-OUTERTHIS-" : "KSTREAM-JOINTHIS-");
        String rightName = name(left.isOuter() ? "KSTREAM-OUTEROTHER-" : "KSTREAM-JOINOTHER-");
        String merge = name("KSTREAM-MERGE-");
        List<StoreDefinition<?, ?>> stores = new ArrayList<>(List.of(lefts, rights, times));
        if (left.isOuter()) {
            stores.add(unmatched);
        }
        topology.noteFeed(lefts.ref(), "left", leftNode);
        topology.noteFeed(lefts.ref(), "right", rightNode);
        topology.note(lefts.ref(), "join windows " + left.windows().describe());
        TopologyNode first = topology.sharing(leftName, stores, List.of(), this::left, leftNode);
        TopologyNode second =
                topology.sharing(rightName, List.of(), stores, this::right, rightNode);
        topology.times().shares(first, rightNode);
        topology.times().shares(second, leftNode);
        topology.times().holds(first, held());
        topology.times().holds(second, held());
        return topology.stateless(merge, task -> ProcessorNode.FORWARD, first, second);
    }

    /** What finds no match is told of as of its own time. */
    private long held() {
        JoinWindows windows = left.windows();
        return left.isOuter()
                ? Math.max(windows.before().toMillis(), windows.after().toMillis())
                        + windows.grace().toMillis()
                : 0;
    }

    private String name(String prefix) {
        return topology.name(prefix, Optional.empty());
    }

    private Operator<K, V1> left(TaskStores stores) {
        JoinTimes time = new JoinTimes(stores.get(times));
        return new StreamJoinOperator<>(
                left,
                buffer("left", lefts, stores, time),
                buffer("right", rights, stores, time),
                time,
                unmatched(stores, time),
                stores.context());
    }

    private Operator<K, V2> right(TaskStores stores) {
        JoinTimes time = new JoinTimes(stores.get(times));
        Side<K, V2, V1, R> right =
                new Side<>(
                        false,
                        left.otherIsOuter(),
                        left.isOuter(),
                        left.windows().reversed(),
                        (key, value, other) -> left.joiner().apply(key, other, value));
        return new StreamJoinOperator<>(
                right,
                buffer("right", rights, stores, time),
                buffer("left", lefts, stores, time),
                time,
                unmatched(stores, time),
                stores.context());
    }

    private <V> JoinBuffer<K, V> buffer(
            String side,
            StoreDefinition<BufferedKey<K>, V> store,
            TaskStores stores,
            JoinTimes time) {
        return new JoinBuffer<>(
                side,
                stores.get(store),
                keys,
                time,
                left.windows().retention(),
                (key, timestamp) -> stores.context().late(store.ref().name(), key, timestamp));
    }

    private Optional<UnmatchedRecords<K, ?, ?, ?>> unmatched(TaskStores stores, JoinTimes time) {
        return left.isOuter()
                ? Optional.of(
                        new UnmatchedRecords<>(
                                stores.get(unmatched), time, left.windows(), left.joiner()))
                : Optional.empty();
    }
}

package io.varve.projections;

import io.varve.fuzz.FuzzTarget;
import io.varve.fuzz.SerdeTargets;
import io.varve.projections.query.RangeQuery;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Keys that read models are kept under, and queries for ranges of them. */
public final class ProjectionTargets {
    private ProjectionTargets() {}

    /** All of them. */
    public static List<FuzzTarget> all() {
        Comparator<Windowed<Long>> order =
                Comparator.<Windowed<Long>>comparingLong(Windowed::key)
                        .thenComparingLong(key -> key.window().startMillis())
                        .thenComparingLong(key -> key.window().endMillis());
        return List.of(
                SerdeTargets.ordered(
                        "windowed",
                        Windowed.serde(Serdes.int64()),
                        order,
                        new Windowed<>(1L, new Window(-5, 10)),
                        new Windowed<>(-1L, new Window(0, 0))),
                SerdeTargets.target(
                        "windowed-text",
                        Windowed.serde(Serdes.utf8()),
                        new Windowed<>("SFO", new Window(1_000, 2_000))),
                SerdeTargets.target(
                        "version-key",
                        VersionKey.serde(Serdes.utf8()),
                        new VersionKey<>("row", -7)),
                SerdeTargets.target(
                        "buffered-key",
                        BufferedKey.serde(Serdes.utf8()),
                        new BufferedKey<>(1, "key", -2, 3)),
                indexKeys(),
                ranges());
    }

    /** Index keys sort as their bytes do, whatever follows them, and come out again. */
    private static FuzzTarget indexKeys() {
        return FuzzTarget.of(
                "index-keys",
                List.of(new byte[] {2, 1, 0, 3}, new byte[] {3, 0, 0, 1, 0, 0, 1, 1}),
                input -> {
                    int cut = input.length == 0 ? 0 : (input[0] & 0xff) % input.length;
                    byte[] one = Arrays.copyOfRange(input, Math.min(1, input.length), cut + 1);
                    byte[] other = Arrays.copyOfRange(input, cut, input.length);
                    byte[] row = IndexKeys.whole(one);
                    byte[] longer = Arrays.copyOf(row, row.length + 3);
                    BytesWriter found = new BytesWriter();
                    int at = IndexKeys.split(BytesView.of(longer), found);
                    FuzzTarget.check(
                            at == row.length && Arrays.equals(one, found.toByteArray()), at);
                    int expected = Integer.signum(Arrays.compareUnsigned(one, other));
                    int actual =
                            Integer.signum(Arrays.compareUnsigned(row, IndexKeys.whole(other)));
                    FuzzTarget.check(expected == actual, Arrays.toString(input));
                });
    }

    /** Rows of an index in memory, and the same as a sorted set. */
    private static FuzzTarget ranges() {
        Serde<byte[]> bytes = Serdes.bytes();
        TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        StateEnvironment environment = StateEnvironment.inMemory(Set.of("rows"));
        try (StateTransaction transaction = environment.begin()) {
            Table rows = transaction.table("rows");
            for (String key : List.of("a", "aa", "ab", "b", "\0", "\0\0", "zz", "\u00ff")) {
                byte[] at = key.getBytes(StandardCharsets.ISO_8859_1);
                keys.add(at);
                rows.put(BytesView.of(at), BytesView.of(at));
            }
            byte[] last = {-1, -1};
            keys.add(last);
            rows.put(BytesView.of(last), BytesView.of(last));
            transaction.commit();
        }
        return FuzzTarget.of(
                "ranges",
                List.of(
                        new byte[] {0, 5, 1, 'a', 'b'},
                        new byte[] {1, 5, 1, 'a', 'b'},
                        new byte[] {2, 5, 1, 'a'},
                        new byte[] {3, 5, 1, -1},
                        new byte[] {12, 1, 0}),
                input -> {
                    RangeQuery<byte[]> query = query(input);
                    List<byte[]> expected = expected(query, keys);
                    List<byte[]> found = new ArrayList<>();
                    ByteRange range = ByteRange.of(query.bounds(), bytes);
                    try (StateView view = environment.view()) {
                        range.scan(
                                view.table("rows"),
                                query,
                                () -> {},
                                (key, value) -> found.add(key.toByteArray()));
                        long counted = range.count(view.table("rows"), query, () -> {});
                        FuzzTarget.check(counted == expected.size(), query);
                    }
                    FuzzTarget.check(same(expected, found), query);
                    keys.forEach(
                            key ->
                                    FuzzTarget.check(
                                            range.contains(key) == isIn(query.bounds(), key),
                                            query));
                },
                IllegalArgumentException.class,
                SerdeException.class);
    }

    private static boolean same(List<byte[]> some, List<byte[]> others) {
        return Arrays.deepEquals(some.toArray(), others.toArray());
    }

    private static RangeQuery<byte[]> query(byte[] input) {
        byte[] head = Arrays.copyOf(input, 3);
        int cut = Math.min(input.length, 3 + (head[2] & 0xff));
        byte[] one = Arrays.copyOfRange(input, Math.min(3, input.length), cut);
        byte[] other = Arrays.copyOfRange(input, cut, input.length);
        RangeQuery<byte[]> query =
                switch (head[0] & 7) {
                    case 0 -> RangeQuery.between(one, other);
                    case 1 -> RangeQuery.only(one);
                    case 2 -> RangeQuery.prefix(one);
                    case 3 -> RangeQuery.prefix(one, Serdes.bytes());
                    case 4 -> RangeQuery.from(one);
                    case 5 -> RangeQuery.before(one);
                    default -> RangeQuery.all();
                };
        query = (head[0] & 8) == 0 ? query : query.reverse();
        return (head[0] & 16) == 0 ? query : query.limit(head[1] < 0 ? head[1] : head[1] % 4);
    }

    private static List<byte[]> expected(RangeQuery<byte[]> query, TreeSet<byte[]> keys) {
        List<byte[]> all = new ArrayList<>();
        for (byte[] key : query.reversed() ? keys.descendingSet() : keys) {
            if (isIn(query.bounds(), key) && all.size() < query.limit()) {
                all.add(key);
            }
        }
        return all;
    }

    private static boolean isIn(RangeQuery.Bounds<byte[]> bounds, byte[] key) {
        if (bounds instanceof RangeQuery.Between<byte[]> between) {
            return between.from().filter(from -> Arrays.compareUnsigned(key, from) < 0).isEmpty()
                    && between.to().filter(to -> Arrays.compareUnsigned(key, to) >= 0).isEmpty();
        }
        if (bounds instanceof RangeQuery.Only<byte[]> only) {
            return Arrays.equals(only.key(), key);
        }
        byte[] prefix =
                bounds instanceof RangeQuery.KeyPrefix<byte[]> of
                        ? of.prefix()
                        : (byte[]) ((RangeQuery.SerdePrefix<byte[], ?>) bounds).prefix();
        return prefix.length <= key.length
                && Arrays.equals(prefix, Arrays.copyOf(key, prefix.length));
    }
}

package io.varve.store.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.store.bytes.BytesView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/** Uses an environment at random and sorted maps alike, and compares what each of them says. */
final class StateEnvironmentModel {
    private static final int MOST_VIEWS = 4;

    private StateEnvironment environment;
    private final Random random;
    private final String seed;
    private final Deque<OpenView> views = new ArrayDeque<>();
    private Model committed = new Model(new LinkedHashMap<>(), Optional.empty());

    /** Rows as hexadecimal text, which has the same order as the bytes. */
    private record Model(
            Map<String, NavigableMap<String, String>> tables, Optional<Checkpoint> checkpoint) {
        Model copy() {
            Map<String, NavigableMap<String, String>> copies = new LinkedHashMap<>();
            tables.forEach((name, rows) -> copies.put(name, new TreeMap<>(rows)));
            return new Model(copies, checkpoint);
        }
    }

    private record OpenView(StateView view, Model expected) {}

    StateEnvironmentModel(StateEnvironment environment, long seed) {
        this.environment = environment;
        this.random = new Random(seed);
        this.seed = "seed=" + seed;
        environment.tables().stream()
                .sorted()
                .forEach(name -> committed.tables().put(name, new TreeMap<>()));
    }

    /** From now on another is used, which shows what this one has committed. */
    void goOnWith(StateEnvironment other) {
        environment = other;
    }

    void run(int rounds) {
        try {
            for (int round = 0; round < rounds; round++) {
                transaction();
                openOrCloseView();
                views.forEach(this::check);
            }
        } finally {
            views.forEach(open -> open.view().close());
            views.clear();
        }
    }

    private void transaction() {
        Model model = committed.copy();
        try (StateTransaction transaction = environment.begin()) {
            for (int i = random.nextInt(30); i > 0; i--) {
                String name = anyTable();
                change(transaction.table(name), model.tables().get(name));
                checkSome(transaction.table(name), model.tables().get(name));
            }
            if (random.nextBoolean()) {
                Checkpoint checkpoint = anyCheckpoint();
                transaction.checkpoint(checkpoint);
                model = new Model(model.tables(), Optional.of(checkpoint));
            }
            if (random.nextInt(3) > 0) {
                transaction.commit();
                committed = model;
            }
        }
    }

    private void change(Table table, NavigableMap<String, String> rows) {
        if (random.nextInt(200) == 0) {
            table.clear();
            rows.clear();
            return;
        }
        byte[] key = anyKey();
        if (random.nextInt(3) > 0) {
            byte[] value = new byte[random.nextInt(20) == 0 ? 5_000 : random.nextInt(40)];
            random.nextBytes(value);
            table.put(BytesView.of(key), BytesView.of(value));
            rows.put(hex(key), hex(value));
        } else {
            boolean was = rows.remove(hex(key)) != null;
            assertEquals(was, table.delete(BytesView.of(key)), seed);
        }
    }

    private void openOrCloseView() {
        if (views.size() < MOST_VIEWS && random.nextBoolean()) {
            views.add(new OpenView(environment.view(), committed.copy()));
        } else if (!views.isEmpty() && random.nextBoolean()) {
            views.remove().view().close();
        }
    }

    private void check(OpenView open) {
        assertEquals(open.expected().checkpoint(), open.view().checkpoint(), seed);
        open.expected().tables().forEach((name, rows) -> checkSome(open.view().table(name), rows));
        String name = anyTable();
        byte[] none = {};
        checkScan(open.view().table(name), open.expected().tables().get(name), none, none);
    }

    private void checkSome(ReadOnlyTable table, NavigableMap<String, String> rows) {
        assertEquals(rows.size(), table.count(), seed);
        byte[] key = anyKey();
        BytesView value = new BytesView();
        boolean found = table.get(BytesView.of(key), value);
        Optional<String> actual = found ? Optional.of(hex(value)) : Optional.empty();
        assertEquals(Optional.ofNullable(rows.get(hex(key))), actual, seed);
        checkScan(table, rows, anyBound(), anyBound());
    }

    private void checkScan(
            ReadOnlyTable table, NavigableMap<String, String> rows, byte[] from, byte[] to) {
        int limit = 1 + random.nextInt(40);
        Map<String, String> expected = new LinkedHashMap<>();
        rows.tailMap(hex(from)).entrySet().stream()
                .filter(row -> to.length == 0 || row.getKey().compareTo(hex(to)) < 0)
                .limit(limit)
                .forEach(row -> expected.put(row.getKey(), row.getValue()));
        Map<String, String> actual = new LinkedHashMap<>();
        table.scan(
                BytesView.of(from),
                BytesView.of(to),
                (key, value) -> {
                    actual.put(hex(key), hex(value));
                    return actual.size() < limit;
                });
        // As text, because the order counts.
        assertEquals(expected.toString(), actual.toString(), seed);
        checkReverseScan(table, rows, from, to);
    }

    private void checkReverseScan(
            ReadOnlyTable table, NavigableMap<String, String> rows, byte[] from, byte[] to) {
        int limit = 1 + random.nextInt(40);
        Map<String, String> expected = new LinkedHashMap<>();
        rows.tailMap(hex(from), true).descendingMap().entrySet().stream()
                .filter(row -> to.length == 0 || row.getKey().compareTo(hex(to)) < 0)
                .limit(limit)
                .forEach(row -> expected.put(row.getKey(), row.getValue()));
        Map<String, String> actual = new LinkedHashMap<>();
        table.reverseScan(
                BytesView.of(from),
                BytesView.of(to),
                (key, value) -> {
                    actual.put(hex(key), hex(value));
                    return actual.size() < limit;
                });
        assertEquals(expected.toString(), actual.toString(), seed);
    }

    private String anyTable() {
        return committed.tables().keySet().stream()
                .skip(random.nextInt(committed.tables().size()))
                .findFirst()
                .orElseThrow();
    }

    /** Of few different bytes, so that keys meet again and are prefixes of each other. */
    private byte[] anyKey() {
        byte[] key = new byte[random.nextInt(50) == 0 ? 511 : 1 + random.nextInt(4)];
        byte[] alphabet = {0, 1, 127, -128, -1};
        for (int i = 0; i < Math.min(key.length, 4); i++) {
            key[i] = alphabet[random.nextInt(alphabet.length)];
        }
        return key;
    }

    private byte[] anyBound() {
        return random.nextInt(4) == 0 ? new byte[0] : anyKey();
    }

    private Checkpoint anyCheckpoint() {
        return new Checkpoint(
                new UUID(random.nextLong(), random.nextLong()),
                random.nextLong(),
                random.nextLong() & Long.MAX_VALUE,
                random.nextLong());
    }

    private static String hex(BytesView bytes) {
        return hex(bytes.toByteArray());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}

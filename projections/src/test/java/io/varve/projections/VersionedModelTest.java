package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.VersionedStore.PutResult;
import io.varve.projections.query.ReadOnlyVersionedStore;
import io.varve.projections.query.VersionedRecord;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random versions of few keys, put by a processor, against all that was ever put. */
class VersionedModelTest {
    private static final StoreRef<String, String> ROWS = StoreRef.of("rows");

    /** One key's bytes begin with another's. */
    private static final List<String> KEYS = List.of("k", "k\u0000", "kk");

    private final long seed = Long.getLong("varve.seed", 1);

    /** Everything that was put and not too late; nothing is let go of. */
    private static final class Oracle {
        private final long retention;
        private final Map<String, NavigableMap<Long, Optional<String>>> rows = new HashMap<>();
        private long streamTime = Long.MIN_VALUE / 2;
        private int late;

        Oracle(long retention) {
            this.retention = retention;
        }

        private long edge() {
            return streamTime - retention;
        }

        NavigableMap<Long, Optional<String>> row(String key) {
            return rows.computeIfAbsent(key, some -> new TreeMap<>());
        }

        PutResult put(String key, Optional<String> value, long time) {
            if (time < edge()) {
                late++;
                return PutResult.EXPIRED;
            }
            streamTime = Math.max(streamTime, time);
            row(key).put(time, value);
            return row(key).lastKey() == time ? PutResult.LATEST : PutResult.OUT_OF_ORDER;
        }

        Optional<VersionedRecord<String>> get(String key, long time) {
            var found = row(key).floorEntry(time);
            boolean known = time >= edge() || found != null && found.equals(row(key).lastEntry());
            return found == null || !known ? Optional.empty() : record(key, found.getKey());
        }

        private Optional<VersionedRecord<String>> record(String key, long time) {
            Long next = row(key).higherKey(time);
            return row(key).get(time)
                    .map(
                            value ->
                                    new VersionedRecord<>(
                                            value,
                                            time,
                                            next == null
                                                    ? OptionalLong.empty()
                                                    : OptionalLong.of(next)));
        }

        List<VersionedRecord<String>> versions(String key, long from, long to) {
            List<VersionedRecord<String>> found = new ArrayList<>();
            for (long time : row(key).headMap(to, true).keySet()) {
                record(key, time)
                        .filter(one -> one.validTo().orElse(Long.MAX_VALUE) > from)
                        .filter(one -> one.validTo().orElse(Long.MAX_VALUE) > edge())
                        .filter(one -> to >= edge() || one.validTo().isEmpty())
                        .ifPresent(found::add);
            }
            return found;
        }
    }

    /** Puts what comes, and asks the same of the oracle. */
    private static final class Putting implements Processor<String, String, String, String> {
        private final List<String> results;
        private VersionedStore<String, String> store;
        private ProcessorContext<String, String> context;

        Putting(List<String> results) {
            this.results = results;
        }

        @Override
        public void init(ProcessorContext<String, String> context) {
            this.context = context;
            store = context.versionedStore(ROWS);
        }

        @Override
        public void process(Record<String, String> one) {
            String key = one.key();
            long time = one.timestamp();
            if (one.value() == null) {
                results.add("was " + store.delete(key, time));
            } else {
                results.add("put " + store.put(key, one.value(), time));
            }
            results.add(store.get(key) + " " + store.get(key, time - 7));
            results.add(store.versions(key, time - 20, time - 3).toString());
        }
    }

    private static List<String> results(Oracle oracle, String key, String value, long time) {
        Optional<VersionedRecord<String>> before = oracle.get(key, time);
        PutResult put = oracle.put(key, Optional.ofNullable(value), time);
        if (put == PutResult.EXPIRED) {
            before = Optional.empty();
        } else {
            // As of now it may be over at another time, or have been replaced at its own.
            Long next = oracle.row(key).higherKey(time);
            before =
                    before.map(
                            one ->
                                    new VersionedRecord<>(
                                            one.value(),
                                            one.timestamp(),
                                            next == null
                                                    ? OptionalLong.empty()
                                                    : OptionalLong.of(next)));
        }
        return List.of(
                value == null ? "was " + before : "put " + put,
                oracle.get(key, Long.MAX_VALUE) + " " + oracle.get(key, time - 7),
                oracle.versions(key, time - 20, time - 3).toString());
    }

    @Test
    void shouldAnswerAsIfNothingWereLetGoOf() {
        run(0, 15);
    }

    @Test
    @Tag("long")
    void shouldAnswerAsIfNothingWereLetGoOfManyTimes() {
        run(15, 500);
    }

    private void run(int first, int rounds) {
        for (int round = first; round < first + rounds; round++) {
            run(new Random(seed * 1_000 + round), "seed=" + seed + " round=" + round);
        }
    }

    private static void run(Random random, String at) {
        Oracle oracle = new Oracle(random.nextInt(60));
        TextStreams texts = new TextStreams();
        List<String> ours = new ArrayList<>();
        texts.builder.addStateStore(
                Materialized.as(ROWS, Serdes.utf8(), Serdes.utf8())
                        .versioned(Duration.ofMillis(oracle.retention)));
        texts.stream("s").process(() -> new Putting(ours), ROWS);
        try (TopologyTestDriver driver = texts.driver().commitEvery(1 + random.nextInt(9))) {
            long now = 100;
            for (int i = 0; i < 50; i++) {
                now += random.nextInt(6);
                long time = now - (random.nextInt(3) == 0 ? random.nextInt(80) : 0);
                String key = KEYS.get(random.nextInt(KEYS.size()));
                String value = random.nextInt(4) == 0 ? null : "v" + i;
                ours.clear();
                TextStreams.pipe(driver, "s", key, value, time);
                assertEquals(results(oracle, key, value, time), ours, at + " i=" + i);
                if (random.nextInt(20) == 0) {
                    driver.crash();
                }
            }
            compare(oracle, driver.versionedStore(ROWS), now, at);
            driver.assertRebuildMatches();
        }
    }

    private static void compare(
            Oracle oracle, ReadOnlyVersionedStore<String, String> store, long now, String at) {
        for (String key : KEYS) {
            assertEquals(
                    oracle.versions(key, Long.MIN_VALUE, Long.MAX_VALUE), store.versions(key), at);
            for (long time = oracle.edge() - 30; time < now + 5; time++) {
                Instant instant = Instant.ofEpochMilli(time);
                assertEquals(oracle.get(key, time), store.get(key, instant), at + " " + time);
                assertEquals(
                        oracle.versions(key, time, time + 9),
                        store.versions(key, instant, instant.plusMillis(9)),
                        at + " " + time);
            }
        }
    }
}

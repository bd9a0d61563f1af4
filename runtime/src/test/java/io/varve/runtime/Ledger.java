package io.varve.runtime;

import io.varve.projections.Consumed;
import io.varve.projections.EventStream;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.StoreIndex;
import io.varve.store.EventBatch;
import io.varve.store.EventHeaders;
import io.varve.store.EventStore;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A domain with all that read models have: balances by account with an index by city, rows that are
 * removed, and rows that expire; and what they must be, in plain Java.
 */
final class Ledger {
    static final String CATEGORY = "ledger";
    static final Duration TTL = Duration.ofMillis(300);
    static final StoreRef<String, Balance> BALANCES = StoreRef.of("balances");
    static final StoreRef<String, Long> RECENT = StoreRef.of("recent");
    static final StoreIndex<String, Balance, String> BY_CITY =
            StoreIndex.of("city", (account, balance) -> balance.city(), Serdes.utf8());
    static final EventSerde<Entry> SERDE =
            EventSerde.of(Entry.class).record("entered", Entry.class).build();

    /** A payment; one of nothing closes the account. */
    record Entry(String account, long cents, String city) {}

    record Balance(long cents, String city) {}

    /** An entry, and when it happened. */
    record Timed(Entry entry, long millis) {}

    private Ledger() {}

    static Projection projection(Consumer<Entry> hook) {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, Entry> entries =
                builder.stream(CATEGORY, Consumed.with(SERDE))
                        .peek((key, entry) -> hook.accept(entry));
        entries.groupBy((key, entry) -> entry.account())
                .aggregate(
                        () -> new Balance(0, ""),
                        (account, entry, balance) ->
                                entry.cents() == 0
                                        ? null
                                        : new Balance(
                                                balance.cents() + entry.cents(), entry.city()),
                        Materialized.as(BALANCES, Serdes.utf8(), Serdes.record(Balance.class))
                                .withIndex(BY_CITY));
        entries.groupBy((key, entry) -> entry.account())
                .aggregate(
                        () -> 0L,
                        (account, entry, count) -> count + 1,
                        Materialized.as(RECENT, Serdes.utf8(), Serdes.int64()).withTtl(TTL));
        return Projection.of(CATEGORY, 1, builder.build());
    }

    /** Appends in one commit; returns the last position. */
    static long append(EventStore store, List<Timed> events) {
        EventBatch batch = new EventBatch();
        for (Timed one : events) {
            batch.add(
                    stream(one.entry().account()),
                    SERDE,
                    one.entry(),
                    OptionalLong.of(one.millis()),
                    EventHeaders.NONE);
        }
        return store.append(batch).lastPosition();
    }

    static StreamId stream(String account) {
        return StreamId.of(CATEGORY, account);
    }

    static List<Timed> random(SplittableRandom random, long now, int count) {
        List<Timed> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Entry entry =
                    new Entry(
                            "account-" + random.nextInt(40),
                            random.nextInt(8) == 0 ? 0 : random.nextInt(-500, 500),
                            "city-" + random.nextInt(5));
            events.add(new Timed(entry, now + random.nextInt(-100, 100)));
        }
        return events;
    }

    /** What all stores and indexes hold, as text. */
    record Rows(
            Map<String, Balance> balances,
            Map<String, List<String>> byCity,
            Map<String, Long> recent) {
        static Rows of(ReadView view) {
            Map<String, Balance> balances = new TreeMap<>();
            view.store(BALANCES).forEach(balances::put);
            Map<String, List<String>> byCity = new TreeMap<>();
            view.store(BALANCES)
                    .index(BY_CITY)
                    .list(RangeQuery.all())
                    .forEach(
                            row ->
                                    byCity.computeIfAbsent(
                                                    row.getValue().city(), c -> new ArrayList<>())
                                            .add(row.getKey()));
            Map<String, Long> recent = new TreeMap<>();
            view.store(RECENT).forEach(recent::put);
            if (view.store(BALANCES).count() != balances.size()
                    || view.store(RECENT).count() != recent.size()) {
                throw new AssertionError("counts differ from rows");
            }
            return new Rows(balances, byCity, recent);
        }
    }

    /** Applies entries in order, as the projection must. */
    static final class Oracle {
        private record Recent(long count, long time) {}

        private final Map<String, Balance> balances = new TreeMap<>();
        private final Map<String, Recent> recent = new TreeMap<>();
        private long streamTime = Long.MIN_VALUE;

        Oracle apply(List<Timed> events) {
            events.forEach(this::apply);
            return this;
        }

        void apply(Timed event) {
            Entry entry = event.entry();
            Balance balance = balances.getOrDefault(entry.account(), new Balance(0, ""));
            if (entry.cents() == 0) {
                balances.remove(entry.account());
            } else {
                balances.put(
                        entry.account(),
                        new Balance(balance.cents() + entry.cents(), entry.city()));
            }
            streamTime = Math.max(streamTime, event.millis());
            expire();
            Recent old = recent.get(entry.account());
            recent.put(
                    entry.account(),
                    new Recent(
                            old == null ? 1 : old.count() + 1,
                            old == null ? event.millis() : Math.max(old.time(), event.millis())));
            expire();
        }

        private void expire() {
            recent.values().removeIf(row -> row.time() < streamTime - TTL.toMillis());
        }

        Rows rows() {
            Map<String, List<String>> byCity = new TreeMap<>();
            balances.forEach(
                    (account, balance) ->
                            byCity.computeIfAbsent(balance.city(), c -> new ArrayList<>())
                                    .add(account));
            Map<String, Long> counts = new TreeMap<>();
            recent.forEach((account, row) -> counts.put(account, row.count()));
            return new Rows(new TreeMap<>(balances), byCity, counts);
        }

        TreeSet<String> accounts() {
            return new TreeSet<>(balances.keySet());
        }

        Balance balance(String account) {
            return Objects.requireNonNull(balances.get(account), account);
        }
    }
}

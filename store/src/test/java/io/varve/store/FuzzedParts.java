package io.varve.store;

import io.varve.store.errors.HoldFollowedException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import io.varve.store.snapshot.Loaded;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.snapshot.StreamSnapshots;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Flow;

/**
 * What a store gives out, used in a random order, also when the store is closed: its categories,
 * subscriptions, lists of streams, retention, snapshots, backups and reports.
 */
final class FuzzedParts {
    private static final int MOST = 8;

    /** Each is a folder on the disk. */
    private static final int MOST_BACKUPS = 40;

    private static final EventSerde<String> TEXTS =
            EventSerde.of(String.class).type("Said", String.class, Serdes.utf8()).build();

    private final Path folder;
    private final SplittableRandom random;
    private final List<Category<String>> categories = new ArrayList<>();
    private final List<Iterator<StreamInfo>> lists = new ArrayList<>();
    private final List<Retention> retentions = new ArrayList<>();
    private final List<Retention.Following> followings = new ArrayList<>();
    private final List<SnapshotStore> snapshotStores = new ArrayList<>();
    private final List<StreamSnapshots<String, String>> folds = new ArrayList<>();
    private final List<Loaded<String>> loaded = new ArrayList<>();
    private final List<Flow.Subscription> subscriptions = new ArrayList<>();
    private final List<Flow.Publisher<RecordedEvent>> publishers = new ArrayList<>();
    private final List<StreamCatalog> catalogs = new ArrayList<>();
    private int backups;

    FuzzedParts(Path folder, SplittableRandom random) {
        this.folder = folder;
        this.random = random;
    }

    /** Whatever it keeps of this store, it uses later too. */
    void call(EventStore store) throws InterruptedException {
        switch (random.nextInt(12)) {
            case 0 -> keep(categories, store.category(category(), TEXTS));
            case 1 -> keep(catalogs, store.streams());
            case 2 -> keep(retentions, store.retention());
            case 3 -> keep(publishers, store.publisher(EventQuery.all().limit(number())));
            case 4 -> useSnapshots(store);
            case 5 -> useStore(store);
            case 6, 7 -> useCategory();
            case 8 -> useCatalog();
            case 9 -> useRetention();
            case 10 -> useSubscription();
            default -> useFold();
        }
    }

    private <T> void keep(List<T> list, T thing) {
        if (list.size() < MOST) {
            list.add(thing);
        } else {
            list.set(random.nextInt(MOST), thing);
        }
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size())); // where there is none, that is an answer too
    }

    private String category() {
        return random.nextInt(3) > 0 ? "things" : random.nextBoolean() ? "texts" : "no/category";
    }

    private String key() {
        return random.nextInt(20) == 0 ? "" : "s" + random.nextInt(6);
    }

    private long number() {
        return random.nextInt(12) == 0 ? random.nextLong() : random.nextInt(120);
    }

    private void useCategory() {
        Category<String> category = any(categories);
        switch (random.nextInt(8)) {
            case 0 -> category.version(key());
            case 1 -> category.read(key());
            case 2 -> category.forEach(key(), text -> text.length() < 5);
            case 3 -> category.append(key(), List.of("a", "b").get(random.nextInt(2)));
            case 4 -> category.append(key(), ExpectedVersion.exactly(number()), "c");
            case 5 -> category.tryAppend(key(), ExpectedVersion.noStream(), List.of("d", "e"));
            case 6 -> category.append(key(), ExpectedVersion.any(), List.of());
            default -> category.id(key());
        }
    }

    private void useCatalog() {
        StreamCatalog catalog = any(catalogs);
        switch (random.nextInt(5)) {
            case 0 -> keep(lists, catalog.all().iterator());
            case 1 -> keep(lists, catalog.of(category()).iterator());
            case 2 -> catalog.find(StreamId.of("things", key()));
            case 3 -> catalog.categories();
            default -> any(lists).next();
        }
    }

    private void useRetention() {
        Retention retention = any(retentions);
        switch (random.nextInt(9)) {
            case 0 -> retention.firstPosition();
            case 1 -> retention.truncateBefore(number() / 2);
            case 2 -> retention.truncateBefore(Instant.ofEpochMilli(number()));
            case 3 -> retention.truncateBeforeRegardless(number() / 4);
            case 4 -> retention.hold("h" + random.nextInt(3), number());
            case 5 -> retention.release("h" + random.nextInt(4));
            case 6 -> retention.holds();
            case 7 -> follow(retention);
            default -> any(followings).close();
        }
    }

    private void follow(Retention retention) {
        try {
            keep(followings, retention.follow("f" + random.nextInt(3), this::number));
        } catch (HoldFollowedException e) {
            any(followings).close();
        }
    }

    private void useStore(EventStore store) throws InterruptedException {
        StreamId stream = StreamId.of("things", "s" + random.nextInt(40));
        switch (random.nextInt(9)) {
            case 0 -> {
                if (backups < MOST_BACKUPS) {
                    store.backup(folder.resolve("b" + backups++), ProgressListener.none());
                }
            }
            case 1 -> assertClean(store.verify(ProgressListener.none()));
            case 2 -> store.sync();
            case 3 -> store.awaitDurable(number(), Duration.ofNanos(random.nextInt(1000)));
            case 4 -> store.durablePosition();
            case 5 -> store.producerMark(key());
            case 6 -> store.tombstone(stream, ExpectedVersion.any());
            case 7 -> store.seal();
            default -> store.verifySeals(List.of());
        }
    }

    static void assertClean(VerificationReport report) {
        if (!report.isClean()) {
            throw new AssertionError(report.toString());
        }
    }

    private void useSubscription() {
        if (random.nextInt(3) == 0) {
            any(publishers).subscribe(new Taker());
            return;
        }
        Flow.Subscription subscription;
        synchronized (subscriptions) {
            subscription = any(subscriptions);
        }
        if (random.nextInt(4) == 0) {
            subscription.cancel();
        } else {
            subscription.request(number() - 2);
        }
    }

    /** Takes what comes, and remembers the means to ask for more. */
    private final class Taker implements Flow.Subscriber<RecordedEvent> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            synchronized (subscriptions) {
                if (subscriptions.size() == MOST) {
                    subscriptions.remove(0).cancel();
                }
                subscriptions.add(subscription);
            }
        }

        @Override
        public void onNext(RecordedEvent event) {
            event.payload();
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }

    private void useSnapshots(EventStore store) {
        switch (random.nextInt(4)) {
            case 0 -> keep(snapshotStores, SnapshotStore.openIn(store));
            case 1 -> any(snapshotStores).close();
            case 2 -> any(snapshotStores).sync();
            default ->
                    keep(
                            folds,
                            any(snapshotStores)
                                    .streams(
                                            "f" + random.nextInt(99),
                                            any(categories),
                                            Serdes.utf8())
                                    .fold(() -> "", (state, text) -> text)
                                    .build());
        }
    }

    private void useFold() {
        StreamSnapshots<String, String> fold = any(folds);
        switch (random.nextInt(8)) {
            case 0, 1 -> keep(loaded, fold.load(key()));
            case 2 -> keep(loaded, fold.loadAt(key(), number()));
            case 3 -> fold.save(any(loaded));
            case 4 -> keep(loaded, fold.update(key(), state -> List.of("u")));
            case 5 -> fold.delete(key());
            case 6 -> fold.firstPositionNeeded();
            default -> fold.hold();
        }
    }
}

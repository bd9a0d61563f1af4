package io.varve.runtime;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.store.StreamId;
import io.varve.store.errors.VarveException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Flow;

/** What a runtime gives out, used in a random order by any thread, also when it is closed. */
final class GivenParts {
    private static final Duration SOON = Duration.ofMillis(2);

    private final Calls calls;
    private final List<ReadView> views = new ArrayList<>();
    private final List<ReadViews> together = new ArrayList<>();
    private final List<ReadOnlyKeyValueStore<Integer, Long>> rows = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Flow.Publisher<WatchUpdate<Integer, Long>>> publishers = new ArrayList<>();
    private final List<Flow.Subscription> subscriptions = new ArrayList<>();
    private final List<Rebuild> rebuilds = new ArrayList<>();
    private final List<DeadLetters> letters = new ArrayList<>();
    private final List<TimeTravel> travels = new ArrayList<>();
    private final List<WhatIf> whatIfs = new ArrayList<>();

    GivenParts(Calls calls) {
        this.calls = calls;
    }

    void call(ProjectionRuntime runtime, SplittableRandom random, int depth)
            throws InterruptedException {
        switch (random.nextInt(14)) {
            case 0 -> life(runtime, random);
            case 1 -> figures(runtime, random);
            case 2, 3 -> open(runtime, random);
            case 4, 5, 6 -> view(random, depth);
            case 7 -> watch(runtime, random, depth);
            case 8 -> subscription(random);
            case 9 -> rebuild(runtime, random);
            case 10 -> rebuilt(random);
            case 11 -> letters(runtime, random);
            case 12 -> travel(runtime, random);
            default -> waits(runtime, random);
        }
    }

    private static String name(SplittableRandom random) {
        return Calls.NAMES.get(random.nextInt(20) == 0 ? 2 : random.nextInt(2));
    }

    private static long number(SplittableRandom random) {
        return random.nextInt(12) == 0 ? random.nextLong() : random.nextInt(300);
    }

    private void life(ProjectionRuntime runtime, SplittableRandom random) {
        String name = name(random);
        RemovedData data = RemovedData.values()[random.nextInt(RemovedData.values().length)];
        switch (random.nextInt(9)) {
            case 0 -> runtime.add(calls.counts(1), Calls.how());
            case 1 -> runtime.remove(name, data);
            case 2 -> runtime.forget(name, data);
            case 3 -> runtime.pause(name);
            case 4, 5 -> runtime.resume(name);
            case 6 -> runtime.start();
            default -> runtime.snapshot(name);
        }
    }

    private static void figures(ProjectionRuntime runtime, SplittableRandom random) {
        switch (random.nextInt(8)) {
            case 0 -> runtime.status();
            case 1 -> runtime.status(name(random));
            case 2 -> runtime.metrics();
            case 3 -> runtime.metrics(name(random));
            case 4 -> runtime.snapshots(name(random));
            case 5 -> runtime.health();
            case 6 -> runtime.views();
            default -> runtime.rebuilds();
        }
    }

    private static void waits(ProjectionRuntime runtime, SplittableRandom random)
            throws InterruptedException {
        Duration timeout = Duration.ofNanos(random.nextInt(3_000_000));
        if (random.nextInt(4) == 0) {
            Thread.currentThread().interrupt();
        }
        try {
            if (random.nextBoolean()) {
                runtime.awaitLive(name(random), timeout);
            } else {
                runtime.awaitPosition(name(random), number(random), timeout);
            }
        } finally {
            Thread.interrupted();
        }
    }

    private void open(ProjectionRuntime runtime, SplittableRandom random)
            throws InterruptedException {
        PositionBound bound =
                random.nextInt(3) == 0 ? PositionBound.at(number(random)) : PositionBound.any();
        if (random.nextInt(4) > 0) {
            calls.keep(views, runtime.readView(name(random), bound, SOON), random);
        } else {
            Set<String> names = Set.of("counts", "lengths");
            calls.keep(together, runtime.readViews(names, bound, SOON), random);
        }
    }

    private void view(SplittableRandom random, int depth) {
        switch (random.nextInt(12)) {
            case 0 -> calls.any(views, random).close();
            case 1 -> calls.any(views, random).position();
            case 2 -> calls.any(views, random).deadLetter(number(random));
            case 3, 4 -> calls.keep(rows, calls.any(views, random).store(Calls.STORE), random);
            case 5 -> calls.any(together, random).close();
            case 6 -> calls.keep(views, calls.any(together, random).view(name(random)), random);
            case 7 -> calls.any(rows, random).count();
            case 8 -> calls.any(rows, random).get(random.nextInt(7));
            default -> scan(random, depth);
        }
    }

    /** Calls anything from within. */
    private void scan(SplittableRandom random, int depth) {
        RangeQuery<Integer> query = RangeQuery.<Integer>all().limit(random.nextInt(5));
        calls.any(rows, random)
                .scan(
                        random.nextBoolean() ? query : query.reverse(),
                        (key, value) -> {
                            calls.within(random, depth);
                            return true;
                        });
    }

    /** Closes what it watches now and then, from where it is told. */
    private final class Listener implements WatchListener<Integer, Long> {
        private final SplittableRandom random;

        Listener(SplittableRandom random) {
            this.random = random;
        }

        @Override
        public void onRows(long position, List<Map.Entry<Integer, Long>> all) {
            use();
        }

        @Override
        public void onChanges(long position, List<RowChange<Integer, Long>> changes) {
            use();
        }

        @Override
        public void onEnd(VarveException reason) {
            if (reason.remedy().isEmpty()) {
                throw new AssertionError(reason);
            }
        }

        private void use() {
            if (random.nextInt(20) == 0) {
                calls.any(watches, random).close();
            }
        }
    }

    private void watch(ProjectionRuntime runtime, SplittableRandom random, int depth) {
        switch (random.nextInt(6)) {
            case 0 -> calls.any(watches, random).close();
            case 1 -> calls.any(watches, random).isOpen();
            case 2 -> {
                RangeQuery<Integer> some = RangeQuery.from(random.nextInt(7));
                calls.keep(publishers, runtime.publisher(name(random), Calls.STORE, some), random);
            }
            default -> {
                Listener listener = new Listener(random.split());
                calls.keep(
                        watches,
                        runtime.watch(name(random), Calls.STORE, random.nextInt(7), listener),
                        random);
            }
        }
    }

    private void subscription(SplittableRandom random) {
        switch (random.nextInt(3)) {
            case 0 -> calls.any(publishers, random).subscribe(new Taker(random.split()));
            case 1 -> calls.any(subscriptions, random).request(number(random) - 2);
            default -> calls.any(subscriptions, random).cancel();
        }
    }

    /** Takes what comes, and hands on the means to ask for more. */
    private final class Taker implements Flow.Subscriber<WatchUpdate<Integer, Long>> {
        private final SplittableRandom random;

        Taker(SplittableRandom random) {
            this.random = random;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            calls.keep(subscriptions, subscription, random);
        }

        @Override
        public void onNext(WatchUpdate<Integer, Long> update) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }

    private void rebuild(ProjectionRuntime runtime, SplittableRandom random) {
        switch (random.nextInt(8)) {
            case 0 -> calls.keep(rebuilds, runtime.rebuild(name(random)), random);
            case 1 ->
                    calls.keep(
                            rebuilds,
                            runtime.rebuild(name(random), RebuildStart.newestSnapshot()),
                            random);
            case 2 ->
                    calls.keep(
                            rebuilds,
                            runtime.rebuild(calls.counts(1 + random.nextInt(3)), Calls.how()),
                            random);
            case 3 -> runtime.cancelRebuild(name(random));
            case 4 -> runtime.rollback(name(random));
            case 5 -> runtime.discard(name(random));
            default -> runtime.rebuilds().forEach(one -> calls.keep(rebuilds, one, random));
        }
    }

    private void rebuilt(SplittableRandom random) throws InterruptedException {
        Rebuild rebuild = calls.any(rebuilds, random);
        switch (random.nextInt(7)) {
            case 0 -> rebuild.progress();
            case 1 -> rebuild.throttle(number(random));
            case 2 -> rebuild.unthrottle();
            case 3 -> rebuild.await(SOON);
            case 4 -> rebuild.whenCaughtUp().cancel(true);
            case 5 -> rebuild.promote();
            default -> rebuild.cancel();
        }
    }

    private void letters(ProjectionRuntime runtime, SplittableRandom random)
            throws InterruptedException {
        if (random.nextInt(4) == 0) {
            calls.keep(letters, runtime.deadLetters(name(random)), random);
        }
        DeadLetters some = calls.any(letters, random);
        StreamId stream = StreamId.of(Calls.CATEGORY, Calls.key(random));
        switch (random.nextInt(8)) {
            case 0 -> some.list();
            case 1 -> some.list(number(random), (int) number(random));
            case 2 -> some.list(stream);
            case 3 -> some.count();
            case 4 -> some.streams();
            case 5 -> some.retry(stream, SOON);
            case 6 -> some.discard(stream, SOON);
            default -> some.discard(number(random), SOON);
        }
    }

    private void travel(ProjectionRuntime runtime, SplittableRandom random)
            throws InterruptedException {
        if (random.nextInt(3) == 0) {
            calls.keep(
                    travels,
                    runtime.timeTravel(name(random)).withTimeout(Duration.ofMillis(50)),
                    random);
        }
        TimeTravel travel = calls.any(travels, random);
        switch (random.nextInt(8)) {
            case 0 -> calls.keep(views, travel.asOf(number(random)), random);
            case 1 -> calls.keep(views, travel.asOf(Instant.now()), random);
            case 2 -> calls.keep(whatIfs, travel.whatIf(), random);
            case 3 -> calls.any(whatIfs, random).append(Calls.CATEGORY, "k1", "what", "if");
            case 4 -> calls.keep(views, calls.any(whatIfs, random).view(), random);
            case 5 -> calls.any(whatIfs, random).close();
            case 6 -> travel.explain(Calls.STORE, random.nextInt(7)).newest(3).list();
            default -> travel.verify();
        }
    }
}

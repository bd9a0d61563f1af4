package io.varve.store;

import static io.varve.store.TestEvents.assertSound;
import static io.varve.store.TestEvents.event;
import static io.varve.store.TestEvents.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.WrongExpectedVersionException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many threads append, and note when each append began, when it ended and how: then the log is held
 * against their notes.
 */
class HistoryTest {
    private static final int STREAMS = 6;

    @TempDir Path folder;

    /** One append: two events of one stream, with an expectation. */
    private record Note(String text, long begun, long ended, long expected, AppendResult result) {
        boolean isRefused() {
            return result == null;
        }
    }

    @Test
    void shouldKeepAHistoryThatItsAppendersAgreeWith() throws Exception {
        check(12, 60, 1);
    }

    @Test
    @Tag("long")
    void shouldKeepLongHistoriesThatTheirAppendersAgreeWith() throws Exception {
        for (int i = 0; i < 10; i++) {
            folder = folder.resolve("next");
            check(64, 300, System.nanoTime());
        }
    }

    private void check(int threads, int appends, long seed) throws Exception {
        try (EventStore store = EventStore.open(TestEvents.restless(folder))) {
            AtomicLong clock = new AtomicLong();
            List<FutureTask<List<Note>>> appenders = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                long mine = seed * 1_000 + i;
                appenders.add(new FutureTask<>(() -> append(store, mine, appends, clock)));
            }
            List<Witness> witnesses = witnesses(store);
            List<FutureTask<List<Long>>> readers =
                    witnesses.stream().map(w -> new FutureTask<>(w.body())).toList();
            readers.forEach(reader -> new Thread(reader).start());
            for (int i = 0; i < threads; i++) {
                start(appenders.get(i), i % 2 == 0);
            }
            List<Note> notes = new ArrayList<>();
            for (FutureTask<List<Note>> appender : appenders) {
                notes.addAll(appender.get(2, TimeUnit.MINUTES));
            }
            store.append(stream("end"), ExpectedVersion.noStream(), event("end"));
            List<RecordedEvent> log = assertSound(store);
            checkNotes(notes, log);
            checkOrder(notes);
            for (int i = 0; i < readers.size(); i++) {
                List<Long> expected =
                        log.stream()
                                .filter(witnesses.get(i)::sees)
                                .map(RecordedEvent::position)
                                .toList();
                assertEquals(expected, readers.get(i).get(2, TimeUnit.MINUTES), "seed=" + seed);
            }
        }
    }

    /** On a virtual thread where it may be and the JVM has them. */
    private static void start(Runnable body, boolean virtual) throws Exception {
        if (virtual && Runtime.version().feature() >= 21) {
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, body);
        } else {
            new Thread(body).start();
        }
    }

    private static List<Note> append(EventStore store, long seed, int appends, AtomicLong clock) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Note> notes = new ArrayList<>();
        for (int i = 0; i < appends; i++) {
            StreamId stream = stream("s" + random.nextInt(STREAMS));
            OptionalLong version = store.version(stream);
            boolean any = random.nextInt(4) == 0;
            ExpectedVersion expected = any ? ExpectedVersion.any() : ExpectedVersion.of(version);
            String text = stream.key() + " " + seed + "-" + i;
            long begun = clock.getAndIncrement();
            AppendResult result;
            try {
                result = store.append(stream, expected, event(text + "a"), event(text + "b"));
            } catch (WrongExpectedVersionException e) {
                assertTrue(e.actual() > version.orElse(-1));
                result = null;
            }
            long ended = clock.getAndIncrement();
            notes.add(new Note(text, begun, ended, any ? -2 : version.orElse(-1), result));
        }
        return notes;
    }

    /** What was acknowledged is there, where it was said to be; what was refused is not. */
    private static void checkNotes(List<Note> notes, List<RecordedEvent> log) {
        Map<String, RecordedEvent> byText = new HashMap<>();
        log.forEach(event -> assertEquals(null, byText.put(TestEvents.text(event), event)));
        long acknowledged = 0;
        for (Note note : notes) {
            RecordedEvent first = byText.get(note.text() + "a");
            RecordedEvent second = byText.get(note.text() + "b");
            if (note.isRefused()) {
                assertEquals(null, first, note::toString);
                assertEquals(null, second, note::toString);
                continue;
            }
            acknowledged += 2;
            assertEquals(note.result().firstPosition(), first.position());
            assertEquals(note.result().lastPosition(), second.position());
            assertEquals(first.position() + 1, second.position());
            assertEquals(note.result().version(), second.version());
            if (note.expected() > -2) {
                assertEquals(note.expected() + 1, first.version(), note::toString);
            }
        }
        assertEquals(acknowledged + 1, log.size());
        assertTrue(notes.stream().anyMatch(Note::isRefused), "nobody was refused");
    }

    /** What was acknowledged before another began lies before it in the log. */
    private static void checkOrder(List<Note> notes) {
        List<Note> made = notes.stream().filter(note -> !note.isRefused()).toList();
        List<Note> byEnd = made.stream().sorted(Comparator.comparingLong(Note::ended)).toList();
        List<Note> byBegin = made.stream().sorted(Comparator.comparingLong(Note::begun)).toList();
        long highest = -1;
        int ended = 0;
        for (Note note : byBegin) {
            while (ended < byEnd.size() && byEnd.get(ended).ended() < note.begun()) {
                highest = Math.max(highest, byEnd.get(ended++).result().lastPosition());
            }
            assertTrue(note.result().firstPosition() > highest, note::toString);
        }
    }

    /** Reads while others append, until it sees the end. */
    private record Witness(StreamId stream, Callable<List<Long>> body) {
        boolean sees(RecordedEvent event) {
            return stream == null || event.stream().equals(stream);
        }
    }

    private static List<Witness> witnesses(EventStore store) {
        StreamId one = stream("s1");
        return List.of(
                new Witness(null, () -> follow(store, EventQuery.all())),
                new Witness(null, () -> subscribe(store, 1)),
                new Witness(null, () -> subscribe(store, Long.MAX_VALUE)),
                new Witness(null, () -> poll(store)),
                new Witness(one, () -> followStream(store, one)));
    }

    private static boolean isEnd(StreamId stream) {
        return stream.key().equals("end");
    }

    private static List<Long> follow(EventStore store, EventQuery query) throws Exception {
        List<Long> seen = new ArrayList<>();
        store.follow(
                query,
                event -> {
                    seen.add(event.position());
                    return !isEnd(event.stream());
                });
        return seen;
    }

    /** Ends when a follower of everything has come to the end: by then it has all. */
    private static List<Long> followStream(EventStore store, StreamId stream) throws Exception {
        List<Long> seen = new ArrayList<>();
        Thread follower =
                new Thread(
                        () -> {
                            try {
                                store.follow(
                                        EventQuery.stream(stream),
                                        event -> {
                                            synchronized (seen) {
                                                seen.add(event.position());
                                                seen.notifyAll();
                                            }
                                            return true;
                                        });
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt(); // as it was told to end
                            }
                        });
        follower.start();
        follow(store, EventQuery.all());
        long expected = store.version(stream).orElseThrow() + 1;
        synchronized (seen) {
            while (seen.size() < expected) {
                seen.wait(60_000);
            }
        }
        follower.interrupt();
        follower.join();
        return seen;
    }

    /** Reads to the head, waits for the next, and reads on from there. */
    private static List<Long> poll(EventStore store) throws InterruptedException {
        List<Long> seen = new ArrayList<>();
        boolean[] ended = {false};
        while (!ended[0]) {
            assertTrue(store.awaitPosition(seen.size(), java.time.Duration.ofMinutes(1)));
            store.read(
                    EventQuery.all().from(seen.size()),
                    event -> {
                        seen.add(event.position());
                        ended[0] |= isEnd(event.stream());
                        return true;
                    });
        }
        return seen;
    }

    private static List<Long> subscribe(EventStore store, long demand) throws Exception {
        CompletableFuture<List<Long>> seen = new CompletableFuture<>();
        store.publisher(EventQuery.all()).subscribe(new Noting(seen, demand));
        return seen.get(2, TimeUnit.MINUTES);
    }

    private static final class Noting implements Flow.Subscriber<RecordedEvent> {
        private final List<Long> seen = new ArrayList<>();
        private final CompletableFuture<List<Long>> result;
        private final long demand;
        private Flow.Subscription subscription;

        Noting(CompletableFuture<List<Long>> result, long demand) {
            this.result = result;
            this.demand = demand;
        }

        @Override
        public void onSubscribe(Flow.Subscription mine) {
            subscription = mine;
            subscription.request(demand);
        }

        @Override
        public void onNext(RecordedEvent event) {
            seen.add(event.position());
            if (isEnd(event.stream())) {
                subscription.cancel();
                result.complete(seen);
            } else if (demand < Long.MAX_VALUE) {
                subscription.request(demand);
            }
        }

        @Override
        public void onError(Throwable error) {
            result.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            assertFalse(true, "a log has no end");
        }
    }
}

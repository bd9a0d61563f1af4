package io.varve.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A producer that reacts to each input with one decision, keeps its state elsewhere, and crashes:
 * before the append, between append and state, and after both; then some of the newest states are
 * lost as well. No input is left without a decision, none gets two, and none is decided on an old
 * state.
 */
class ReactionProtocolTest {
    private static final String PRODUCER = "reactor";

    @TempDir Path folder;

    @Test
    void shouldReactToEachInputOnce() throws IOException {
        new Run(folder, 1, 60).run();
    }

    @Test
    @Tag("long")
    void shouldReactToEachInputOnceInManyRuns() throws IOException {
        for (int i = 0; i < 12; i++) {
            new Run(folder.resolve("run" + i), System.nanoTime(), 120).run();
        }
    }

    /** What the producer remembers; derived from the log. */
    private record State(Map<String, Integer> decisions, long folded, long checkpoint) {
        State copy() {
            return new State(new HashMap<>(decisions), folded, checkpoint);
        }
    }

    private static final class Crash extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private static final class Run {
        private final SplittableRandom random;
        private final Path folder;
        private final List<State> states = new ArrayList<>();
        private EventStore store;
        private final int inputs;
        private int inputsLeft;
        private int crashes;
        private Optional<ProducerMark> zombie = Optional.empty();

        Run(Path folder, long seed, int inputs) {
            this.inputs = inputs;
            inputsLeft = inputs;
            this.folder = folder;
            this.random = new SplittableRandom(seed);
            states.add(new State(new HashMap<>(), -1, -1));
        }

        void run() throws IOException {
            boolean done = false;
            while (!done) {
                store =
                        EventStore.open(
                                StoreConfig.at(folder).withMergeEvents(1 + random.nextInt(20)));
                try (EventStore opened = store) {
                    react();
                    assertReactedOnce(opened);
                    done = true;
                } catch (Crash e) {
                    crashes++;
                    int lost = Math.min(states.size() - 1, random.nextInt(6));
                    states.subList(states.size() - lost, states.size()).clear();
                }
                if (!done && random.nextInt(4) == 0) {
                    TestEvents.deleteIndex(folder);
                }
            }
            assertTrue(crashes > inputs / 12, () -> "crashes=" + crashes);
        }

        private void react() throws Crash {
            Optional<RecordedMark> before = store.producerMark(PRODUCER);
            long epoch = before.map(mark -> mark.epoch() + 1).orElse(0L);
            State state = states.get(states.size() - 1).copy();
            state = foldToTheEnd(state);
            long position =
                    Math.max(state.checkpoint(), before.map(RecordedMark::position).orElse(-1L));
            while (inputsLeft > 0 || position < store.head()) {
                input(position);
                position++;
                RecordedEvent event =
                        store.readList(EventQuery.all().from(position).limit(1)).get(0);
                if (event.stream().category().equals("in")) {
                    decide(state, event, epoch);
                    crashNowAndThen();
                    state = foldToTheEnd(state);
                }
                state = new State(state.decisions(), state.folded(), position);
                states.add(state.copy());
                crashNowAndThen();
            }
        }

        private void input(long position) {
            while (inputsLeft > 0 && (position == store.head() || random.nextInt(3) == 0)) {
                inputsLeft--;
                StreamId stream = StreamId.of("in", "i" + random.nextInt(3));
                store.append(stream, ExpectedVersion.any(), TestEvents.event("in"));
            }
        }

        private void decide(State state, RecordedEvent input, long epoch) throws Crash {
            String key = input.stream().key();
            int number = state.decisions().getOrDefault(key, 0) + 1;
            StreamId out = StreamId.of("out", key);
            ExpectedVersion expected =
                    number == 1 ? ExpectedVersion.noStream() : ExpectedVersion.exactly(number - 2);
            ProducerMark mark =
                    store.producerMark(PRODUCER)
                            .map(old -> old.takeOver(epoch, input.position()))
                            .orElse(ProducerMark.first(PRODUCER, epoch, input.position()));
            EventBatch batch = new EventBatch().producerMark(mark).expect(out, expected);
            batch.add(out, TestEvents.event(input.position() + " " + number));
            batch.idempotencyKey(PRODUCER + "/" + input.position());
            crashNowAndThen();
            tryAsTheOneBefore();
            assertEquals(false, store.append(batch).repeated());
            zombie = Optional.of(mark);
        }

        /** The instance before has only been slow: what it appends now must not get in. */
        private void tryAsTheOneBefore() {
            Optional<RecordedMark> now = store.producerMark(PRODUCER);
            if (zombie.isPresent() && now.isPresent() && zombie.get().epoch() < now.get().epoch()) {
                RecordedMark old = zombie.get().recorded();
                EventBatch late = new EventBatch().producerMark(old.next(now.get().position()));
                late.add(StreamId.of("out", "i0"), TestEvents.event("late"));
                assertInstanceOf(AppendOutcome.Fenced.class, store.tryAppend(late));
            }
        }

        private State foldToTheEnd(State state) {
            Map<String, Integer> decisions = state.decisions();
            store.read(
                    EventQuery.category("out").from(state.folded() + 1),
                    event -> decisions.merge(event.stream().key(), 1, Integer::sum) > 0);
            return new State(decisions, store.head(), state.checkpoint());
        }

        private void crashNowAndThen() throws Crash {
            if (random.nextInt(100) < 8) {
                throw new Crash();
            }
        }

        private static void assertReactedOnce(EventStore store) {
            Set<Long> reactedTo = new HashSet<>();
            Map<String, Integer> numbers = new HashMap<>();
            int inputs = 0;
            for (RecordedEvent event : TestEvents.all(store)) {
                if (event.stream().category().equals("in")) {
                    inputs++;
                } else {
                    String[] parts = new String(event.payload(), UTF_8).split(" ");
                    assertTrue(reactedTo.add(Long.parseLong(parts[0])), "two decisions");
                    int number = numbers.merge(event.stream().key(), 1, Integer::sum);
                    assertEquals(number, Integer.parseInt(parts[1]), "decided on an old state");
                }
            }
            assertEquals(inputs, reactedTo.size(), "an input without a decision");
        }
    }
}

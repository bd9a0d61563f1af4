package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events are decoded once also where some of them cannot be. */
class DecodedOnceTest extends RuntimeTestBase {
    private static final int EVENTS = 300;
    private static final int EVERY = 10;

    private final CountedSerde counted = new CountedSerde();
    private final Map<Long, Integer> times = new ConcurrentSkipListMap<>();

    @BeforeEach
    void count() {
        counted.seen =
                note -> {
                    times.merge(note.number(), 1, Integer::sum);
                    if (note.number() % EVERY == 7) {
                        throw new IllegalStateException("on purpose");
                    }
                };
    }

    private ProjectionRuntime running(ProjectionConfig config, List<String> names) {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve("models"));
        names.forEach(name -> builder.add(Notes.digest(name, counted, NOTHING), config));
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        return runtime;
    }

    private void assertDecodedOnce(ProjectionRuntime runtime, List<String> names)
            throws InterruptedException {
        for (String name : names) {
            assertTrue(runtime.awaitPosition(name, store.head(), Notes.LONG));
            assertEquals(EVENTS / EVERY, runtime.status(name).deadLetters().skipped());
        }
        assertEquals(EVENTS, times.size());
        times.forEach((number, decoded) -> assertEquals(1, decoded, () -> "number=" + number));
    }

    private void assertDecodedOnceBehind(ErrorPolicy policy, int partitions) throws Exception {
        append(1, 0, EVENTS);
        List<String> one = List.of("one");
        ProjectionConfig config =
                ProjectionConfig.defaults().withErrorPolicy(policy).withPartitions(partitions);
        assertDecodedOnce(running(config, one), one);
    }

    @Test
    void shouldDecodeOnceWhatCannotBeDecodedAndWhatIsBesideIt() throws Exception {
        assertDecodedOnceBehind(ErrorPolicy.skip(), 1);
    }

    @Test
    void shouldDecodeOnceForAllPartitions() throws Exception {
        assertDecodedOnceBehind(ErrorPolicy.skip(), 3);
    }

    @Test
    void shouldNotDecodeAgainToRetryWhatCannotBeDecoded() throws Exception {
        assertDecodedOnceBehind(ErrorPolicy.retry(3, Duration.ofMillis(1), ErrorPolicy.skip()), 1);
    }

    @Test
    void shouldDecodeOnceForAllThatAreLive() throws Exception {
        List<String> all = List.of("one", "two", "three");
        ProjectionRuntime runtime =
                running(ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.skip()), all);
        for (String name : all) {
            assertTrue(runtime.awaitLive(name, Notes.LONG));
        }
        for (int i = 0; i < EVENTS; i += EVERY) {
            append(1, i, EVERY);
        }
        assertDecodedOnce(runtime, all);
        for (String name : all) {
            assertEquals(ProjectionState.LIVE, runtime.status(name).state());
        }
    }
}

package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How often events are decoded where some of them cannot be, or fail. */
class DecodedOnceTest extends RuntimeTestBase {
    private static final int EVENTS = 300;
    private static final int EVERY = 10;

    private final CountedSerde counted = new CountedSerde();
    private final Map<Long, Integer> times = new TreeMap<>();

    private static boolean isBad(long number) {
        return number % EVERY == 7;
    }

    private ProjectionRuntime skipping(ErrorPolicy policy) {
        return closing(
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(
                                Notes.digest("one", counted, NOTHING),
                                ProjectionConfig.defaults().withErrorPolicy(policy))
                        .build());
    }

    private void run(ErrorPolicy policy) throws Exception {
        append(1, 0, EVENTS);
        counted.seen =
                note -> {
                    times.merge(note.number(), 1, Integer::sum);
                    if (isBad(note.number())) {
                        throw new IllegalStateException("on purpose");
                    }
                };
        ProjectionRuntime runtime = skipping(policy);
        runtime.start();
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        assertEquals(EVENTS / EVERY, runtime.status("one").deadLetters().skipped());
        runtime.close();
    }

    private void assertDecoded() {
        assertEquals(EVENTS, times.size());
        times.forEach(
                (number, decoded) -> {
                    // What comes before one that fails is given to the code again.
                    int most = isBad(number) ? 1 : 2;
                    assertTrue(decoded <= most, () -> number + " was decoded " + decoded);
                });
    }

    @Test
    void shouldDecodeOnceWhatCannotBeDecoded() throws Exception {
        run(ErrorPolicy.skip());
        assertDecoded();
    }

    @Test
    void shouldNotDecodeAgainToRetryWhatCannotBeDecoded() throws Exception {
        run(ErrorPolicy.retry(3, Duration.ofMillis(1), ErrorPolicy.skip()));
        assertDecoded();
    }
}

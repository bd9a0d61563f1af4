package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.RangeQuery;
import io.varve.store.errors.VarveException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An error of the user's that throws where it is asked what it is. */
class SilentErrorTest extends RuntimeTestBase {
    private static class Silent extends Error {
        private static final long serialVersionUID = 1L;

        @Override
        public String toString() {
            throw new Silent();
        }

        @Override
        public String getMessage() {
            throw new Silent();
        }
    }

    private static final class SilentAssertion extends AssertionError {
        private static final long serialVersionUID = 1L;

        @Override
        public String toString() {
            throw new Silent();
        }

        @Override
        public String getMessage() {
            throw new Silent();
        }
    }

    private static Error made(String type) {
        return type.equals("Silent") ? new Silent() : new SilentAssertion();
    }

    /** Who runs tests could not print it. */
    private static void sayingAll(Executable body) {
        try {
            body.execute();
        } catch (Throwable e) {
            throw new AssertionError("thrown at " + e.getStackTrace()[0]);
        }
    }

    private ProjectionRuntime failed(String type) throws Exception {
        ProjectionRuntime runtime =
                started(
                        RuntimeConfig.defaults(),
                        digest(
                                "one",
                                note -> {
                                    throw made(type);
                                }));
        append(1, 0, 1);
        states.awaitFailure("one");
        return runtime;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Silent", "SilentAssertion"})
    void shouldBeToldByItsClass(String type) {
        sayingAll(() -> tell(type));
    }

    private void tell(String type) throws Exception {
        ProjectionRuntime runtime = failed(type);
        String health = runtime.health().toString();
        assertTrue(health.contains("$" + type), health);
        String status = runtime.status().toString();
        assertTrue(status.contains("$" + type), status);
        VarveException refused =
                assertThrows(
                        ProjectionFailedException.class,
                        () -> runtime.awaitPosition("one", 0, Notes.LONG));
        assertTrue(refused.getCause().toString().contains("$" + type));
        ProjectionBean bean =
                new ProjectionBean(() -> runtime.metrics("one"), () -> runtime.status("one"));
        assertTrue(bean.getFailure().contains("$" + type), bean.getFailure());
        String problems = new RuntimeBean("test", runtime).getHealthProblems().toString();
        assertTrue(problems.contains("$" + type), problems);
    }

    @Test
    void shouldBeLoggedByItsClass() {
        sayingAll(this::log);
    }

    private void log() throws Exception {
        try (Logged log = new Logged(Level.WARNING)) {
            failed("Silent").close();
            log.await("A projection has failed");
            LogRecord record = log.of("A projection has failed").get(0);
            assertTrue(record.getThrown().toString().contains("$Silent"));
        }
    }

    @Test
    void shouldBeALetterWhereEventsThatFailAre() {
        sayingAll(this::letter);
    }

    private void letter() throws Exception {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        digest(
                                                "one",
                                                note -> {
                                                    throw new SilentAssertion();
                                                }),
                                        ProjectionConfig.defaults()
                                                .withErrorPolicy(ErrorPolicy.deadLetter()))
                                .build());
        runtime.start();
        append(1, 0, 1);
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        DeadLetter letter = runtime.deadLetters("one").list().get(0);
        assertEquals(SilentAssertion.class.getName(), letter.failure().orElseThrow().className());
    }

    @Test
    void shouldBeLoggedWhereAListenerOfAWatchThrowsItAtTheEnd() {
        sayingAll(this::endWatch);
    }

    private void endWatch() throws Exception {
        try (Logged log = new Logged(Level.WARNING)) {
            ProjectionRuntime runtime = started(RuntimeConfig.defaults(), digest("one", NOTHING));
            append(1, 0, 1);
            assertComplete(runtime, "one");
            CountDownLatch told = new CountDownLatch(1);
            runtime.watch(
                    "one",
                    Notes.DIGEST,
                    RangeQuery.all(),
                    new WatchListener<String, Notes.Digest>() {
                        @Override
                        public void onRows(
                                long position, List<Map.Entry<String, Notes.Digest>> rows) {
                            told.countDown();
                        }

                        @Override
                        public void onChanges(
                                long position, List<RowChange<String, Notes.Digest>> changes) {}

                        @Override
                        public void onEnd(VarveException reason) {
                            throw new Silent();
                        }
                    });
            assertTrue(told.await(60, TimeUnit.SECONDS));
            runtime.close();
            log.await("A listener has thrown when it was told");
        }
    }
}

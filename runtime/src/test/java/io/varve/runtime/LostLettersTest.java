package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.StreamId;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What was done about dead letters is lost with the read model, and that is told. */
class LostLettersTest extends RuntimeTestBase {
    private static final StreamId ONE = StreamId.of(Notes.CATEGORY, "author-1");

    private final AtomicBoolean wrong = new AtomicBoolean(true);

    private ProjectionRuntime running() throws Exception {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        digest("one", this::apply),
                                        ProjectionConfig.defaults()
                                                .withErrorPolicy(ErrorPolicy.deadLetter()))
                                .build());
        runtime.start();
        assertTrue(runtime.awaitPosition("one", store.head(), Notes.LONG));
        return runtime;
    }

    private void apply(Notes.Note note) {
        if (note.number() == 2 && wrong.get()) {
            throw new IllegalStateException("wrong");
        }
    }

    private static ReadModelRecovery recovery(ProjectionRuntime runtime) {
        return runtime.status("one").recovery().orElseThrow();
    }

    @Test
    void shouldBeThereAgainInASnapshotOfBeforeAndBeToldOf() throws Exception {
        append(1, 0, 5);
        ProjectionRuntime runtime = running();
        assertEquals(3, runtime.deadLetters("one").count().retriable());
        runtime.snapshot("one");
        wrong.set(false);
        assertEquals(3, runtime.deadLetters("one").retry(ONE, Notes.LONG).applied());
        runtime.close();
        ReadModelFiles.delete(ReadModelFiles.generation(folder.resolve("models"), "one"));
        ProjectionRuntime again = running();
        assertEquals(4, recovery(again).position());
        assertEquals(3, recovery(again).deadLetters());
        assertEquals(3, again.deadLetters("one").count().retriable());
        assertEquals(3, again.deadLetters("one").retry(ONE, Notes.LONG).applied());
        assertComplete(again, "one");
    }

    @Test
    void shouldStayDoneInASnapshotThatIsMadeAfterwards() throws Exception {
        append(1, 0, 5);
        ProjectionRuntime runtime = running();
        runtime.snapshot("one");
        wrong.set(false);
        runtime.deadLetters("one").retry(ONE, Notes.LONG);
        runtime.snapshot("one");
        runtime.close();
        ReadModelFiles.delete(ReadModelFiles.generation(folder.resolve("models"), "one"));
        ProjectionRuntime again = running();
        assertEquals(0, recovery(again).deadLetters());
        assertComplete(again, "one");
    }
}

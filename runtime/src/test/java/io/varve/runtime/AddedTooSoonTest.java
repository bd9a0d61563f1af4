package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** One that is added while that of its name is being removed. */
class AddedTooSoonTest extends RuntimeTestBase {
    private final AtomicReference<ProjectionRuntime> current = new AtomicReference<>();
    private final AtomicReference<Throwable> refusal = new AtomicReference<>();

    private void reached(String step) {
        if (step.equals("remove.written")) {
            refusal.set(
                    assertThrows(
                            RuntimeException.class,
                            () -> current.get().add(digest("one", NOTHING))));
        }
    }

    @Test
    void shouldBeToldToWaitUntilThatIsOver() throws Exception {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(digest("one", NOTHING))
                                .steps(this::reached)
                                .build());
        current.set(runtime);
        runtime.start();
        append(1, 0, 3);
        assertComplete(runtime, "one");
        runtime.remove("one", RemovedData.DELETE);
        assertInstanceOf(ProjectionHostedException.class, refusal.get());
        runtime.add(digest("one", NOTHING));
        assertComplete(runtime, "one");
    }
}

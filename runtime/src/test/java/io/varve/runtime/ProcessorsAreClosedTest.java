package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Processor;
import io.varve.projections.ProcessorContext;
import io.varve.projections.Projection;
import io.varve.projections.Record;
import io.varve.projections.StreamsBuilder;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a processor opens in init() it closes in close(), whatever its projection ends with. */
class ProcessorsAreClosedTest extends RuntimeTestBase {
    private final Semaphore opened = new Semaphore(0);
    private final Semaphore closed = new Semaphore(0);

    private class Opening implements Processor<String, Notes.Note, String, Notes.Note> {
        @Override
        public void init(ProcessorContext<String, Notes.Note> context) {
            opened.release();
        }

        @Override
        public void process(Record<String, Notes.Note> record) {
            if (record.value().number() == 13) {
                throw new IllegalStateException("on purpose");
            }
        }

        @Override
        public void close() {
            closed.release();
            throw new IllegalStateException("on purpose, too");
        }
    }

    private Projection projection(int version) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("notes", Consumed.with(serde)).process(Opening::new);
        return Projection.of("one", version, builder.build());
    }

    private static void await(Semaphore one) throws InterruptedException {
        assertTrue(one.tryAcquire(Notes.LONG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void shouldCloseThemWithEachPauseAndAtTheEndThoughTheyFailTo() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), projection(1));
        append(1, 0, 3);
        assertTrue(runtime.awaitPosition("one", 2, Notes.LONG));
        runtime.pause("one");
        await(opened);
        await(closed);
        assertEquals(ProjectionState.PAUSED, runtime.status("one").state());
        runtime.resume("one");
        append(1, 3, 3);
        assertTrue(runtime.awaitPosition("one", 5, Notes.LONG));
        runtime.close();
        await(opened);
        await(closed);
        states.await("one", ProjectionState.STOPPED);
        assertEquals(opened.availablePermits(), closed.availablePermits());
    }

    @Test
    void shouldCloseThoseOfARebuildAndOfWhatIsRemoved() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), projection(1));
        append(1, 0, 3);
        assertTrue(runtime.awaitPosition("one", 2, Notes.LONG));
        Rebuild rebuild = runtime.rebuild(projection(2));
        await(opened);
        await(opened);
        assertEquals(0, closed.availablePermits());
        rebuild.cancel();
        await(closed);
        runtime.remove("one", RemovedData.DELETE);
        await(closed);
    }

    @Test
    void shouldCloseThemWhereTheProjectionFails() throws Exception {
        ProjectionRuntime runtime = started(RuntimeConfig.defaults(), projection(1));
        append(1, 13, 1);
        states.await("one", ProjectionState.FAILED);
        await(opened);
        await(closed);
        assertTrue(
                runtime.status("one")
                        .failure()
                        .orElseThrow()
                        .getMessage()
                        .contains("node=KSTREAM-PROCESSOR"));
    }
}

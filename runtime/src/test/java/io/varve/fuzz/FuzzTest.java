package io.varve.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes of any kind where bytes are decoded: each input is taken or refused by an error that is
 * documented, in bounded time and memory, and what is taken can be written and is then the same.
 */
class FuzzTest {
    private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";

    @TempDir Path folder;

    @Test
    void shouldTakeOrRefuseTheCorpus() throws Exception {
        for (FuzzTarget target : FuzzTargets.all(folder)) {
            FuzzRun run = new FuzzRun(target, FuzzTargets.corpus(target), 42);
            assertNull(run.feed(target.seeds().get(0)), target.name());
            run.run(40);
            assertTrue(run.taken() > 0, target.name());
        }
    }

    @Test
    void shouldFailWhereAPromiseIsBroken() {
        assertThrows(FuzzFailure.class, () -> feed(input -> input[9] = 0));
        assertThrows(FuzzFailure.class, () -> feed(input -> FuzzTarget.check(false, "wrong")));
        assertThrows(FuzzFailure.class, () -> feed(input -> new byte[9 << 20].clone()));
        assertThrows(FuzzFailure.class, () -> feed(input -> new ArrayList<>(1 << 23)));
    }

    private static void feed(FuzzTarget.Body body) {
        FuzzTarget target =
                FuzzTarget.of("broken", List.of(), body, IllegalArgumentException.class);
        new FuzzRun(target, List.of(), 1).feed(new byte[8]);
    }

    /** The same inputs with the same seed: {@code varve.seed}. */
    @Test
    @Tag("faults")
    void shouldTakeOrRefuseManyInputs() throws Exception {
        long inputs = Long.getLong("varve.fuzz.inputs", 5_000_000L);
        long seed = Long.getLong("varve.seed", System.nanoTime());
        for (FuzzTarget target : FuzzTargets.all(folder.resolve("names"))) {
            List<String> arguments =
                    List.of(
                            FuzzRun.class.getName(),
                            folder.resolve(target.name()).toString(),
                            Long.toString(inputs),
                            Long.toString(seed),
                            target.name());
            assertEquals(0, run(List.of(), arguments), target.name() + " seed=" + seed);
        }
    }

    /** Inputs that are led by the paths that those before have taken through the code. */
    @Test
    @Tag("faults")
    void shouldTakeOrRefuseWhatJazzerFinds() throws Exception {
        Assumptions.assumeTrue(isThere(JAZZER), "there is no Jazzer: it comes with -Pfaults");
        int seconds = Integer.getInteger("varve.fuzz.seconds", 20);
        for (FuzzTarget target : FuzzTargets.all(folder.resolve("names"))) {
            Path own = folder.resolve(target.name());
            List<String> properties =
                    List.of("-Dvarve.fuzz.folder=" + own, "-Dvarve.fuzz.target=" + target.name());
            List<String> arguments =
                    List.of(
                            JAZZER,
                            "--target_class=" + JazzerEntry.class.getName(),
                            "--instrumentation_includes=io.varve.store.**:io.varve.projections.**"
                                    + ":io.varve.runtime.**",
                            "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.*",
                            "-artifact_prefix=" + folder + "/",
                            "-max_total_time=" + seconds,
                            "-print_final_stats=1");
            assertEquals(0, run(properties, arguments), target.name());
        }
    }

    private static boolean isThere(String name) {
        try {
            Class.forName(name, false, FuzzTest.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** A process of its own, for what may hang or crash; what it says is said here. */
    private static int run(List<String> properties, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-XX:+UseSerialGC"));
        command.addAll(List.of("-Xmx600m", "-ea"));
        command.addAll(properties);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(arguments);
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}

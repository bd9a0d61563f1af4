package io.varve.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where Jazzer, which looks at the paths that inputs take through the code, puts its inputs in. It
 * is found by name, so nothing here needs Jazzer to be compiled.
 */
public final class JazzerEntry {
    private static FuzzRun run;

    private JazzerEntry() {}

    /** Called once: the target is named by a property, and so is the folder for its files. */
    public static void fuzzerInitialize() throws Exception {
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.OFF);
        Path folder = Files.createDirectories(Path.of(System.getProperty("varve.fuzz.folder")));
        String name = System.getProperty("varve.fuzz.target");
        FuzzTarget target =
                FuzzTargets.all(folder).stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        List<byte[]> corpus = FuzzTargets.corpus(target);
        run = new FuzzRun(target, corpus, 1);
        Path seeds = Files.createDirectories(folder.resolve("corpus"));
        for (int i = 0; i < corpus.size(); i++) {
            Files.write(seeds.resolve("seed-" + i), corpus.get(i));
        }
    }

    /** Called with each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        run.feed(input);
    }
}

package io.varve.samples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Works that are measured together. */
interface Suite {
    /** Their names, in the order they run. */
    List<String> works();

    /**
     * Runs a work in this JVM.
     *
     * @param work its name
     * @param scratch a folder for it
     * @param progress told what is going on
     * @param results takes its lines
     */
    void runHere(String work, Path scratch, Consumer<String> progress, Consumer<ResultLine> results)
            throws IOException, InterruptedException;

    /** Starts a process that runs a work and prints its lines. */
    ChildProcess runApart(String work, Path scratch) throws IOException;

    /** Measures, and prints, what there is to measure beside a work. */
    List<ResultLine> peers(String work, Path scratch) throws IOException, InterruptedException;

    /** A line for each figure that is held against something and was measured. */
    List<ResultLine> hold(List<List<ResultLine>> rounds);
}

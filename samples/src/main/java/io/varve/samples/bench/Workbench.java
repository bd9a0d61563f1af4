package io.varve.samples.bench;

import io.varve.samples.flights.Folders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a work is given: sizes, a folder, and where to print. One thread.
 *
 * @param <S> sizes
 */
final class Workbench<S extends Repeats> {
    private final String work;
    private final S sizes;
    private final Path scratch;
    private final Consumer<String> progress;
    private final Consumer<ResultLine> results;
    private final Surroundings surroundings = new Surroundings();
    private int runs = 1;

    /** One run of what is measured. */
    interface Attempt<T> {
        T once() throws IOException, InterruptedException;
    }

    Workbench(
            String work,
            S sizes,
            Path scratch,
            Consumer<String> progress,
            Consumer<ResultLine> results) {
        this.work = work;
        this.sizes = sizes;
        this.scratch = scratch;
        this.progress = progress;
        this.results = results;
    }

    S sizes() {
        return sizes;
    }

    /** Where a store may be made: missing now. */
    Path freshFolder() throws IOException {
        Path folder = scratch.resolve("store");
        Folders.delete(folder);
        return folder;
    }

    /** A folder beside the store. */
    Path aside(String name) {
        return scratch.resolve(name);
    }

    /** Runs something several times and keeps what the runs yield that count. */
    <T> List<T> repeat(String what, Attempt<T> attempt) throws IOException, InterruptedException {
        List<T> kept = new ArrayList<>();
        for (int run = 1 - sizes.warmup(); run <= sizes.repeat(); run++) {
            String number = run > 0 ? run + " of " + sizes.repeat() : "warm-up";
            say(what + " run=" + number);
            T result = attempt.once();
            if (run > 0) {
                kept.add(result);
            }
        }
        runs = kept.size();
        return kept;
    }

    /** Tells what is going on. */
    void say(String what) {
        progress.accept("measuring work=" + work + " " + what);
    }

    /** Begins a line of this work. */
    ResultLine line() {
        return ResultLine.of("varve", work);
    }

    /** Prints a line, with where it was measured. */
    void print(ResultLine line, boolean checked) throws IOException {
        surroundings.othersCores().ifPresent(cores -> line.with("others_cores", cores, 2));
        line.with("sync_us", Surroundings.syncMicros(scratch), 0)
                .with("runs", runs)
                .with("fs", Machine.fileSystem(scratch))
                .with("machine", Machine.describe())
                .checked(checked);
        results.accept(line);
    }
}

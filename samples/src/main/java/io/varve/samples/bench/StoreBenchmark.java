package io.varve.samples.bench;

import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.Screen;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Measures the store alone, work by work, each in a JVM of its own, and holds the figures against
 * bars. Other stores can be measured in the same run; see {@link Peers}.
 */
public final class StoreBenchmark {
    /** What it understands. */
    public static final String USAGE =
            """
              bench store        measures the store: a line per result, then ratios and bars
                --dir DIR        where to make the scratch folder (default: data, below the
                                 current directory); on a real disk
                --only A,B       only these works: append-one, append-many, append-sizes, async,
                                 scan, stream-one, point, stream-small, single, open, space
                --repeat R       runs that count (default: 5)
                --rounds R       so often all of it, ours and others in turn (default: 1); on a
                                 machine that is not quiet, take many rounds of few runs
                --warmup W       runs before them that do not (default: 10)
                --events N       orders (default: 1,000,000)
                --streams N      streams, where there are many (default: 10,000)
                --points N       random reads (default: 200,000)
                --open-events N  in the store that is killed and opened (default: 10,000,000)
                --seconds S      of a run of single appends (default: 3)
                --cap S          seconds after which a run of appends ends (default: 8)
                --peers JAR      measures other stores, too, with this program
                --peers-args-file FILE  options of the JVM for it
                --varvedb FILE   measures VarveDB, too, with this program
                --in-process     all works in this JVM, one after the other
            """;

    private final Rounds rounds;

    /**
     * A benchmark that has not run.
     *
     * @param arguments see {@link #USAGE}
     * @param screen where to print
     */
    public StoreBenchmark(List<String> arguments, Screen screen) {
        Set<String> valued = new HashSet<>(Sizes.OPTIONS);
        valued.addAll(Rounds.OPTIONS);
        valued.addAll(PeersJar.OPTIONS);
        valued.add("--varvedb");
        Arguments options = Arguments.parse(arguments, Set.of(Rounds.IN_PROCESS), valued);
        Sizes sizes = Sizes.of(options);
        Peers peers = StorePeers.of(options, sizes, screen);
        this.rounds = new Rounds(new StoreSuite(sizes, peers), options, screen);
    }

    /**
     * Runs it.
     *
     * @return the exit code: 0 if all results are right, 1 if not, whether bars are met or not
     * @throws IOException if the scratch folder cannot be made, or a process fails
     * @throws InterruptedException if the thread is interrupted
     */
    public int run() throws IOException, InterruptedException {
        return rounds.run();
    }
}

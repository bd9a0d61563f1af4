package io.varve.samples.bench;

import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.Screen;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Measures projections, work by work, each in a JVM of its own, and holds the figures against bars.
 * Other systems can be measured in the same run; see {@link Peers}.
 */
public final class ProjectionBenchmark {
    /** What it understands. */
    public static final String USAGE =
            """
              bench projections  measures projections: a line per result, then ratios and bars
                --dir DIR        where to make the scratch folder (default: data, below the
                                 current directory); on a real disk
                --only A,B       only these works: rebuild, ten, freshness, stuck, cardinality,
                                 restart, snapshot, allocation
                --flights FILE   departure,origin,destination,distance,delay as .csv.gz (default:
                                 the week that comes with the samples)
                --limit N        only the first N flights
                --repeat R       runs that count (default: 3)
                --warmup W       runs before them that do not (default: 1)
                --rounds R       so often all of it, ours and others in turn (default: 1)
                --seconds S      of a run at a steady rate, or of single appends (default: 10)
                --rate N         events in a second, where it is steady (default: 5,000)
                --keys N         of the works with many (default: 5,000,000)
                --updates N      of these keys, at random (default: 10,000,000)
                --peers JAR      measures other systems, too, with this program
                --peers-args-file FILE  options of the JVM for it
                --in-process     all works in this JVM, one after the other
            """;

    private final Rounds rounds;

    /**
     * A benchmark that has not run.
     *
     * @param arguments see {@link #USAGE}
     * @param screen where to print
     */
    public ProjectionBenchmark(List<String> arguments, Screen screen) {
        Set<String> valued = new HashSet<>(ProjectionSizes.OPTIONS);
        valued.addAll(Rounds.OPTIONS);
        valued.addAll(PeersJar.OPTIONS);
        Arguments options = Arguments.parse(arguments, Set.of(Rounds.IN_PROCESS), valued);
        ProjectionSizes sizes = ProjectionSizes.of(options);
        Peers peers = ProjectionPeers.of(options, sizes, screen);
        this.rounds = new Rounds(new ProjectionSuite(sizes, peers), options, screen);
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

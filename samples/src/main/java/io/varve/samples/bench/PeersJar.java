package io.varve.samples.bench;

import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The program that measures other systems. It takes the name of a system, the name of a workload
 * and options.
 *
 * @param jar empty where none was given: then nothing is measured with it
 * @param argumentsFile options of the JVM for it
 */
record PeersJar(Optional<Path> jar, Optional<Path> argumentsFile) {
    static final Set<String> OPTIONS = Set.of("--peers", "--peers-args-file");

    /**
     * What a system is asked to do.
     *
     * @param system its name
     * @param workload what is measured
     * @param variants of the system, with {@code :} between them
     * @param more options of this job alone
     */
    record Job(String system, String workload, String variants, List<String> more) {
        Job(String system, String workload, String variants, String... more) {
            this(system, workload, variants, List.of(more));
        }
    }

    static PeersJar of(Arguments options) {
        return new PeersJar(file(options, "--peers"), file(options, "--peers-args-file"));
    }

    /** A file that an option names, which must be there. */
    static Optional<Path> file(Arguments options, String option) {
        Optional<Path> path = options.path(option).map(Path::toAbsolutePath);
        if (path.isPresent() && !Files.isRegularFile(path.get())) {
            throw new UsageException(option + " needs a file that is there, not " + path.get());
        }
        return path;
    }

    /**
     * What to start for some jobs.
     *
     * @param common options of all of them
     */
    List<Peers.Command> commands(List<Job> jobs, Path scratch, List<String> common) {
        List<Peers.Command> commands = new ArrayList<>();
        jar.ifPresent(
                program ->
                        jobs.forEach(job -> commands.add(command(job, program, scratch, common))));
        return commands;
    }

    private Peers.Command command(Job job, Path program, Path scratch, List<String> common) {
        List<String> command = new ArrayList<>(ChildProcess.java());
        argumentsFile.ifPresent(file -> command.add("@" + file));
        command.addAll(List.of("-jar", program.toString(), job.system(), job.workload()));
        command.addAll(List.of("--variant", job.variants(), "--dir", scratch.toString()));
        command.addAll(common);
        command.addAll(job.more());
        return new Peers.Command(job.system(), command);
    }
}

package io.varve.samples.bench;

import io.varve.samples.flights.Folders;
import io.varve.samples.terminal.Arguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The process of one work: {@code --work NAME --dir SCRATCH} and the sizes. Results on standard
 * output, whether right or wrong; progress on standard error.
 */
final class WorkProcess {
    private WorkProcess() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Set<String> valued = new HashSet<>(Sizes.OPTIONS);
        valued.addAll(Set.of("--work", "--dir"));
        Arguments options = Arguments.parse(List.of(args), Set.of(), valued);
        String work = options.value("--work").orElseThrow();
        Path scratch = options.path("--dir").orElseThrow();
        Files.createDirectories(scratch);
        Workbench<Sizes> bench =
                new Workbench<>(
                        work, Sizes.of(options), scratch, System.err::println, System.out::println);
        StoreWork.all().get(work).run(bench);
        Folders.delete(scratch);
    }
}

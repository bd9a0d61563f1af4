package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.BackupList.Backup;
import io.varve.store.Backups;
import io.varve.store.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The backups of a stack that was killed, and what it has said of them. */
final class StackBackups {
    private static final String BACKUP = "backup-";

    private final Path data;
    private final Path witness;

    StackBackups(Path data, Path witness) {
        this.data = data;
        this.witness = witness;
    }

    interface Look {
        void at(Path restored) throws IOException;
    }

    /**
     * What was said to be complete is listed; what is listed can be restored, and is looked at.
     * Returns whether there was one. There is none afterwards.
     */
    boolean check(Look look) throws IOException {
        List<Backup> complete = Backups.list(Stack.backups(data)).complete();
        List<String> names =
                complete.stream().map(one -> one.path().getFileName().toString()).toList();
        for (Path said : said()) {
            assertTrue(names.contains(said.getFileName().toString()), said + " is not complete");
            Files.delete(said);
        }
        if (!complete.isEmpty()) {
            Path last = complete.get(complete.size() - 1).path();
            Path restored = witness.resolve("restored");
            Backups.restore(last, Stack.log(restored), ProgressListener.none());
            look.at(restored);
            StackFolder.delete(restored);
        }
        StackFolder.delete(Stack.backups(data));
        Files.createDirectories(Stack.backups(data));
        return !complete.isEmpty();
    }

    private List<Path> said() throws IOException {
        try (Stream<Path> files = Files.list(witness)) {
            return files.filter(file -> file.getFileName().toString().startsWith(BACKUP)).toList();
        }
    }
}

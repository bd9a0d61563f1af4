package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreIoException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnloadedLibraryTest {
    @Test
    void shouldNameWhatMayBeWrongWithTheFolderOfTemporaryFiles() {
        LinkageError cause = new UnsatisfiedLinkError("could not get native definition");
        StoreIoException e = LmdbErrors.notLoaded(cause, Path.of("store"));
        for (String named : List.of("java.io.tmpdir", "be there", "writable", "room", "noexec")) {
            assertTrue(e.remedy().contains(named), e.remedy());
        }
    }
}

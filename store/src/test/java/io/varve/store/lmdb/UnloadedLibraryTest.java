package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreIoException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lmdbjava.Meta;

class UnloadedLibraryTest {
    @Test
    void shouldNameWhatMayBeWrongWithTheFolderOfTemporaryFiles() {
        LinkageError cause = new UnsatisfiedLinkError("could not get native definition");
        StoreIoException e = LmdbErrors.notLoaded(cause, Path.of("store"));
        for (String named : List.of("java.io.tmpdir", "be there", "writable", "room", "noexec")) {
            assertTrue(e.remedy().contains(named), e.remedy());
        }
    }

    @Test
    void shouldFindTheLibraryInItsJarForEachSystemThatIsKnown() {
        for (String system : List.of("Linux", "Mac OS X")) {
            for (String processor : List.of("amd64", "x86_64", "aarch64")) {
                String name = UnpackedLibrary.nameInJar(system, processor);
                assertNotNull(Meta.class.getClassLoader().getResource(name), name);
            }
        }
    }

    @Test
    void shouldLeaveSystemsThatAreNotKnownToLmdbJava() {
        assertEquals("", UnpackedLibrary.nameInJar("Linux", "riscv64"));
        assertEquals("", UnpackedLibrary.nameInJar("FreeBSD", "amd64"));
    }
}

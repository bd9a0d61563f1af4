package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.errors.StoreLockedException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who holds a folder, and until when. */
class FolderLockTest {
    @TempDir Path folder;

    /** Collected, it would close its file, and so give the lock away to other processes. */
    @Test
    void shouldHoldWhatIsKeptThoughNobodyRefersToIt() {
        WeakReference<FolderLock> first = kept("first");
        WeakReference<FolderLock> second = kept("second");
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        System.gc();
        assertNull(garbage.get());
        assertNotNull(first.get());
        assertNotNull(second.get());
        assertThrows(StoreLockedException.class, () -> FolderLock.take(folder.resolve("first")));
    }

    /** Files get the numbers of others that were deleted. */
    @Test
    void shouldNotTakeAFileForOneThatIsGone() throws Exception {
        Path file = folder.resolve("again").resolve("varve.lock");
        FolderLock.take(file.getParent()).close();
        Object number = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        String name = "varve.folder." + number;
        System.setProperty(name, "held " + folder.resolve("gone").resolve("varve.lock"));
        try (FolderLock lock = FolderLock.take(file.getParent())) {
            assertThrows(StoreLockedException.class, () -> FolderLock.take(lock.folder()));
        }
        assertNull(System.getProperty(name));
    }

    private WeakReference<FolderLock> kept(String name) {
        FolderLock lock = FolderLock.take(folder.resolve(name));
        assertNotNull(lock.keep());
        assertNotNull(lock.keep());
        return new WeakReference<>(lock);
    }
}

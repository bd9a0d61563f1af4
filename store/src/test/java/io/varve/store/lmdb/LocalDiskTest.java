package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.FolderRefusedException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDiskTest {
    @TempDir Path folder;

    @Test
    void shouldRefuseDisksOfOtherMachines() {
        for (String type : List.of("nfs4", "cifs", "9p", "SMBFS", "fuse.sshfs")) {
            FolderRefusedException e =
                    assertThrows(
                            FolderRefusedException.class,
                            () -> LocalDisk.check(folder, type),
                            type);
            assertEquals(folder, e.path());
            assertTrue(e.getMessage().contains(type), e.getMessage());
            assertTrue(e.remedy().contains(LocalDisk.ALLOW), e.remedy());
        }
    }

    @Test
    void shouldLetThoseOfThisMachinePass() {
        for (String type : List.of("ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "apfs")) {
            LocalDisk.check(folder, type);
        }
        LocalDisk.check(folder);
    }

    @Test
    void shouldLetOnePassForWhoAsksForIt() {
        System.setProperty(LocalDisk.ALLOW, "true");
        try {
            LocalDisk.check(folder, "nfs");
        } finally {
            System.clearProperty(LocalDisk.ALLOW);
        }
    }
}

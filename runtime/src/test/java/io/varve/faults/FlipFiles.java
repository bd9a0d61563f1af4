package io.varve.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Files that are put back as they were again and again. Beside a data file lies one that knows it
 * by its inode, and is told of the new one.
 */
final class FlipFiles {
    private static final String DATA = "data.mdb";
    private static final String SYNC = "varve.sync";
    private static final int SLOT = 1024;
    private static final int SECOND = 4096;
    private static final FileAttribute<Set<PosixFilePermission>> OURS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path folder;
    private final List<Path> folders = new ArrayList<>();
    private final Map<Path, byte[]> whole = new TreeMap<>();

    /** Those that lie in a folder now, which are put into another one. */
    FlipFiles(Path from, Path folder) throws IOException {
        this.folder = folder;
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path name = from.relativize(path);
                if (Files.isDirectory(path)) {
                    folders.add(name);
                } else if (!path.endsWith("lock.mdb") && !path.endsWith("varve.lock")) {
                    whole.put(name, Files.readAllBytes(path));
                }
            }
        }
    }

    List<Path> names() {
        return List.copyOf(whole.keySet());
    }

    /** As it is now that all is put back. */
    byte[] whole(Path name) {
        return whole.get(name);
    }

    void putBack() throws IOException {
        delete(Path.of(""));
        for (Path name : folders) {
            Files.createDirectories(folder.resolve(name), OURS);
        }
        for (Map.Entry<Path, byte[]> file : whole.entrySet()) {
            Path path = folder.resolve(file.getKey());
            if (path.endsWith(SYNC) && Files.exists(path.resolveSibling(DATA))) {
                tell(file.getValue(), path.resolveSibling(DATA));
            }
            Files.createFile(path, permissions());
            Files.write(path, file.getValue());
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> permissions() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    }

    /** As file-format.md draws it. */
    private static void tell(byte[] sync, Path data) throws IOException {
        long inode = ((Number) Files.getAttribute(data, "unix:ino")).longValue();
        for (int at = 0; at + SLOT <= sync.length; at += SECOND) {
            ByteBuffer slot =
                    ByteBuffer.wrap(sync, at, SLOT).slice().order(ByteOrder.LITTLE_ENDIAN);
            if (slot.getLong(0) != 0) {
                slot.putLong(40, inode);
                CRC32C crc = new CRC32C();
                crc.update(sync, at + 12, SLOT - 12);
                slot.putInt(8, (int) crc.getValue());
            }
        }
    }

    void delete(Path name) throws IOException {
        Path root = folder.resolve(name);
        if (Files.exists(root)) {
            try (Stream<Path> paths = Files.walk(root)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    void write(Path name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name), bytes);
    }
}

package io.varve.store.lmdb;

import io.varve.store.errors.IncompatibleStoreException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The native layer writes paths in the default charset, the file system reads them in its own:
 * where these two differ, a path with other letters than ASCII would lead elsewhere.
 */
final class PathEncoding {
    private PathEncoding() {}

    static void check(Path path) {
        String text = path.toString();
        String ofFiles = System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name());
        if (!Charset.isSupported(ofFiles)) {
            return; // nothing to compare with
        }
        byte[] there = text.getBytes(Charset.forName(ofFiles));
        if (!Arrays.equals(there, text.getBytes(Charset.defaultCharset()))) {
            throw new IncompatibleStoreException(
                    "The path cannot be told to the native layer: path="
                            + path
                            + " file.encoding="
                            + Charset.defaultCharset()
                            + " file system="
                            + ofFiles,
                    "Start with -Dfile.encoding=" + ofFiles + ", or use a path of ASCII letters.");
        }
    }
}

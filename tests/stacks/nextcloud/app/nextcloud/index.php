<?php
// GET  /                the server that answers, and who is logged in
// POST /login           user and password: a session
// GET  /files/NAME      a file of the site
// PUT  /files/NAME      the same, written
require __DIR__ . '/lib.php';

$path = preg_replace('#\A/index\.php#', '', parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) ?: '/';
$method = $_SERVER['REQUEST_METHOD'];
header('X-Served-By: ' . gethostname());

function answer(int $code, array $body): never
{
    http_response_code($code);
    header('Content-Type: application/json');
    echo json_encode($body + ['server' => gethostname()]), "\n";
    exit;
}

try {
    if (!in_array($_SERVER['HTTP_HOST'] ?? '', config()['trusted_domains'] ?? [], true)) {
        answer(400, ['error' => 'untrusted domain']);
    }
    if (preg_match('#\A/files/([^/]+)\z#', $path, $match)) {
        $file = data_file($match[1]) ?? answer(503, ['error' => 'no such place for files']);
        if ($method === 'PUT') {
            $new = "$file." . bin2hex(random_bytes(4));
            $size = file_put_contents($new, fopen('php://input', 'rb'));
            $size !== false && rename($new, $file) or answer(503, ['error' => 'not written']);
            answer(201, ['size' => $size]);
        }
        is_file($file) or answer(404, ['error' => 'no such file']);
        header('Content-Type: application/octet-stream');
        readfile($file);
        exit;
    }
    session_start() or answer(503, ['error' => 'no sessions']);
    if ($path === '/login' && $method === 'POST') {
        $query = database()->prepare('SELECT password FROM oc_users WHERE uid = ?');
        $query->execute([$_POST['user'] ?? '']);
        if (!password_verify($_POST['password'] ?? '', (string) $query->fetchColumn())) {
            answer(403, ['error' => 'wrong user or password']);
        }
        session_regenerate_id(true);
        $_SESSION['user'] = $_POST['user'];
    }
    answer(200, ['user' => $_SESSION['user'] ?? null]);
} catch (Throwable $error) {
    error_log((string) $error);
    answer(503, ['error' => $error->getMessage()]);
}

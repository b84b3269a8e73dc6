<?php
// What the pages and the command line of the stand-in share. It keeps its state where Nextcloud
// keeps it (the database, Redis, the data directory), and asks for what Nextcloud asks for.

function config(): array
{
    static $config = null;
    if ($config === null) {
        $CONFIG = [];
        @include (getenv('NEXTCLOUD_CONFIG_DIR') ?: __DIR__ . '/config') . '/config.php';
        $config = $CONFIG;
    }
    return $config;
}

function database(?array $config = null): PDO
{
    $config ??= config();
    return new PDO(
        "mysql:host={$config['dbhost']};dbname={$config['dbname']};charset=utf8mb4",
        $config['dbuser'],
        $config['dbpassword'],
        [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_TIMEOUT => 3],
    );
}

function setting(PDO $database, string $app, string $key, string $value): void
{
    $database->prepare('REPLACE INTO oc_appconfig (appid, configkey, configvalue) VALUES (?, ?, ?)')
        ->execute([$app, $key, $value]);
}

/** The path of a file of the site's; names with a slash or a leading dot are none. */
function data_file(string $name): ?string
{
    $directory = config()['datadirectory'];
    if (!preg_match('/\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}\z/', $name) || !is_file("$directory/.ocdata")) {
        return null;
    }
    return "$directory/$name";
}

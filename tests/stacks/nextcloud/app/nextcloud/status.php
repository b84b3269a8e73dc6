<?php
// As Nextcloud's: one line of JSON, without a look at the database.
require __DIR__ . '/version.php';
require __DIR__ . '/lib.php';
header('Content-Type: application/json');
echo json_encode([
    'installed' => config()['installed'] ?? false,
    'maintenance' => config()['maintenance'] ?? false,
    'needsDbUpgrade' => version_compare(config()['version'] ?? '0', implode('.', $OC_Version), '<'),
    'version' => implode('.', $OC_Version),
    'versionstring' => $OC_VersionString,
    'edition' => '',
    'productname' => 'Nextcloud',
    'extendedSupport' => false,
]);

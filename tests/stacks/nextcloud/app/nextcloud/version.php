<?php
$OC_Version = [28, 0, 14, 1];
$OC_VersionString = '28.0.14';
